import type { World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { failed, uncertain, video } from '../ends.ts';
import type { Point, Scene } from '../point.ts';
import { passTime } from '../time.ts';
import { afterDying, commits, create, editMessage, isSet, jobDone, jobTaken, requests, task, turns } from '../ways.ts';

type Refusal = { readonly status?: number; readonly code?: string };
const refusing = (refusal: Refusal, times = 1_000): Scene => ({
  ask(world) {
    world.rivya.faults.add({ method: create.method, route: create.route, times, ...refusal });
    return [world.kling()];
  },
});
const broken = refusing({ status: 500 }, 1);
const tooMany = refusing({ code: 'rate_limited' }, 1);
const refused = refusing({ code: 'validation_failed' });
const refusedForHours: Scene = { ...refused, after: endSends };

/** Each send fails in doubt, until the time for sends is over. */
const inDoubt: Scene = {
  ask(world) {
    world.rivya.faults.add({ method: create.method, route: create.route, times: 1_000, status: 500 });
    const interaction = world.kling();
    void endSends(world);
    return [interaction];
  },
};

/** Half an hour after the first send one more is made; half an hour after that, none. */
async function endSends(world: World): Promise<void> {
  const sends = () =>
    world.rivya.requests.filter(({ path, status }) => path === create.route && Boolean(status)).length;
  const isOver = async () => (await world.database.sql`select from tasks where status <> 'submitting'`).length > 0;
  let seen = sends();
  for (let halfHours = 0; halfHours < 2; halfHours += 1) {
    await eventually(async () => sends() > seen || (seen > 0 && (await isOver())), 'a send');
    seen = sends();
    await passTime(world, 31 * 60_000);
  }
}

const dearer: Scene = { options: { rivya: { reserve: 150 } } };
const dear = { ...video, spent: 150, charged: 150 };

const sendForgotten = task('new.unsure_sends < old.unsure_sends');

/** From the place in line to the provider's id, or to the end of sends. */
export const submits: readonly Point[] = [
  ...commits('submit job taken', { ...jobTaken('submit'), end: video }),
  ...commits('send begun', { ...task('new.unsure_sends > old.unsure_sends'), end: video }),
  ...requests('create', { ...create, late: video, end: video }),
  ...afterDying({ ...create, fate: 'taken' }, requests('create, again', { ...create, taken: video })),
  ...commits('id stored', { ...isSet('provider_id'), halfway: video, end: video }),
  ...commits('id stored, hold adjusted', { ...isSet('provider_id'), scene: dearer, end: dear }),
  ...commits('submit job done', { ...jobDone('submit'), end: video }),

  ...commits('create failed, again later', {
    ...task(`new.status = 'submitting' and new.attempt > old.attempt and new.unsure_sends = old.unsure_sends`),
    scene: broken,
    end: video,
  }),
  ...commits('too many requests, all wait', { on: 'pacing', event: 'insert or update', scene: tooMany, end: video }),
  // What only the dead bot knew was a no stays in doubt: the next no proves nothing about the first send.
  ...commits('create refused, send forgotten', { ...sendForgotten, scene: refusedForHours, undone: uncertain }),
  ...commits('create refused, send forgotten', { ...sendForgotten, scene: refused, unheard: failed }),
  ...commits('create refused, failed', { ...turns('status', 'failed'), scene: refused, end: failed }),

  ...commits('sends over, uncertain', { ...turns('status', 'uncertain'), scene: inDoubt, end: uncertain }),
  ...requests('sends over, told', { ...editMessage, scene: inDoubt, end: uncertain }),
];
