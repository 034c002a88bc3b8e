import { eventually } from '#test/eventually.ts';
import { jpeg, mislabeled, png } from '#test/images.ts';
import { failed, twice, video } from '../ends.ts';
import type { Point, Scene } from '../point.ts';
import { commits, isSet, requests, task, turns, upload } from '../ways.ts';

const files = [
  { name: 'first.png', bytes: png(2_000_000) },
  { name: 'last.jpg', bytes: jpeg(1_000_000) },
];
const pictures: Scene = { ask: (world) => [world.kling({}, { attachments: files })] };

const secondNotTaken: Scene = {
  ask(world) {
    world.rivya.faults.add({ method: upload.method, route: upload.route });
    world.rivya.faults.add({ method: upload.method, route: upload.route, status: 502 });
    return [world.kling({}, { attachments: files })];
  },
};

/** The only slot is taken, so the pictures' task waits in line. */
const fullHouse: Scene = {
  options: { env: { MAX_ACTIVE_TASKS: '1' }, rivya: { render: 'manual' } },
  async ask(world) {
    const before = world.kling({ prompt: 'before' });
    await eventually(() => world.rivya.tasks.length === 1, 'the slot to be taken');
    return [before, world.kling({}, { attachments: files })];
  },
  between(world) {
    world.rivya.render = 'auto';
    world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
  },
};

const noPicture: Scene = { ask: (world) => [world.kling({}, { raw: true, attachments: [mislabeled()] })] };

const cdn = { at: 'cdn', method: 'GET' } as const;
const stored = (index: number) =>
  task(`old.images->${index}->'uploaded' is null and new.images->${index}->'uploaded' is not null`);

/** From the answer of a task with two images to its place in line. */
export const images: readonly Point[] = [
  ...requests('image 1 read', { ...cdn, route: /first\.png/, scene: pictures, lost: video }),
  ...requests('image 1 uploaded', { ...upload, scene: pictures, half: video, end: video }),
  ...commits('image 1 stored', { ...stored(0), scene: pictures, end: video }),
  ...requests('image 2 read', { ...cdn, route: /last\.jpg/, scene: pictures, lost: video }),
  ...requests('image 2 uploaded', {
    ...upload,
    skip: 1,
    scene: pictures,
    half: video,
    end: video,
  }),
  ...commits('image 2 not taken, again later', {
    ...task(`new.status = 'accepted' and new.attempt > old.attempt`),
    scene: secondNotTaken,
    end: video,
  }),
  ...commits('image 2 stored', { ...stored(1), scene: pictures, end: video }),
  ...commits('body frozen', { ...isSet('body'), scene: pictures, end: video }),
  ...commits('slot taken', { ...turns('status', 'submitting'), scene: pictures, end: video }),
  ...commits('no slot free, in line', {
    ...task(`new.status = 'accepted' and old.answered_at is not null and old.body is not null
      and old.wake_at is not null and new.wake_at is null`),
    scene: fullHouse,
    end: twice(video),
  }),
  ...commits('no picture, failed', { ...turns('status', 'failed'), scene: noPicture, end: failed }),
];
