import { twice, video } from '../ends.ts';
import type { Point, Scene } from '../point.ts';
import { commits, read, requests, task, turns } from '../ways.ts';

const price = (finalCredits: number): Scene => ({ options: { rivya: { finalCredits } } });
const priced = (credits: number) => ({ ...video, spent: credits, charged: credits });

/** Still rendering when it is asked for; it ends while the bot is dead. */
const unfinished: Scene = {
  options: { rivya: { render: 'manual' } },
  between: (world) => world.rivya.finish(world.rivya.tasks[0]?.id ?? ''),
};

/** Two tasks and one slot. */
const twoInOneSlot: Scene = {
  options: { env: { MAX_ACTIVE_TASKS: '1' } },
  ask: (world) => [world.kling({ prompt: 'one' }), world.kling({ prompt: 'two' })],
};

/** From the provider's id to the settlement. */
export const renders: readonly Point[] = [
  ...commits('poll claimed', {
    ...task(`new.status = 'rendering' and new.attempt > old.attempt`),
    end: video,
  }),
  ...requests('poll', { ...read, lost: video }),
  ...commits('poll answered, next one stored', {
    ...task(`old.status = 'rendering' and new.status = 'rendering' and new.attempt = old.attempt
      and new.next_poll_at is distinct from old.next_poll_at`),
    scene: unfinished,
    end: video,
  }),
  ...commits('settled at the hold', { ...turns('status', 'succeeded'), halfway: video, end: video }),
  ...commits('settled below the hold', { ...turns('status', 'succeeded'), scene: price(60), unheard: priced(60) }),
  ...commits('settled above the hold', { ...turns('status', 'succeeded'), scene: price(200), end: priced(200) }),
  ...commits('settled for nothing', { ...turns('status', 'succeeded'), scene: price(0), unheard: priced(0) }),
  ...commits('settled, slot handed on', {
    ...turns('status', 'succeeded'),
    scene: twoInOneSlot,
    end: twice(video),
  }),
];
