import type { World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { failedRender, gift, noVideo } from '../ends.ts';
import type { Point, Scene } from '../point.ts';
import { passTime } from '../time.ts';
import { commits, editMessage, editReply, isSet, requests, turns } from '../ways.ts';

const manual = { rivya: { render: 'manual' } } as const;
const idOf = ({ rivya }: World) => rivya.tasks[0]?.id ?? '';

async function rendering(world: World) {
  const interaction = world.kling();
  await isThere(world, `status = 'rendering'`);
  return interaction;
}

const failing: Scene = {
  options: manual,
  async ask(world) {
    const interaction = await rendering(world);
    world.rivya.fail(idOf(world));
    return [interaction];
  },
};

const withoutVideo: Scene = {
  options: manual,
  async ask(world) {
    const interaction = await rendering(world);
    world.rivya.finish(idOf(world), { urls: null });
    return [interaction];
  },
  after: waitForVideo,
};
const withoutVideoForLong: Scene = {
  ...withoutVideo,
  async ask(world, life) {
    const asked = (await withoutVideo.ask?.(world, life)) ?? [];
    await waitForVideo(world);
    return asked;
  },
  after() {},
};

async function waitForVideo(world: World): Promise<void> {
  const { sql } = world.database;
  await eventually(
    async () => (await sql`select from tasks where missing_url_at is not null`).length === 1,
    'the miss',
  );
  await passTime(world, 12 * 60_000);
}

/** No end after the deadline; the video comes an hour later. */
const endless: Scene = {
  options: manual,
  async ask(world) {
    const interaction = await rendering(world);
    await passTime(world, 7 * 3_600_000);
    return [interaction];
  },
  after: comeLate,
};
const endlessThenDone: Scene = {
  ...endless,
  async ask(world, life) {
    const asked = (await endless.ask?.(world, life)) ?? [];
    await comeLate(world);
    return asked;
  },
  after() {},
};

async function comeLate(world: World): Promise<void> {
  await isThere(world, `status = 'uncertain' and delivery = 'delivered'`);
  world.rivya.finish(idOf(world));
  await passTime(world, 61 * 60_000);
}

const isThere = ({ database: { sql } }: World, state: string) =>
  eventually(async () => (await sql.unsafe(`select from tasks where ${state}`)).length === 1, state);

const told = turns('delivery', 'delivered');

/** Ends that are no plain success. */
export const endings: readonly Point[] = [
  ...commits('render failed, released', {
    ...turns('status', 'failed'),
    scene: failing,
    halfway: failedRender,
    end: failedRender,
  }),
  ...requests('render failed, told', { ...editReply, scene: failing, end: failedRender }),
  ...commits('render failed, telling stored', { ...told, scene: failing, end: failedRender }),

  ...commits('done without a video, noted', { ...isSet('missing_url_at'), scene: withoutVideo, end: noVideo }),
  ...commits('done without a video, settled', {
    ...turns('status', 'succeeded'),
    scene: withoutVideoForLong,
    end: noVideo,
  }),
  ...commits('done without a video, telling stored', {
    ...turns('delivery', 'undeliverable'),
    scene: withoutVideoForLong,
    end: noVideo,
  }),

  ...commits('deadline over, uncertain', { ...turns('status', 'uncertain'), scene: endless, end: gift }),
  ...requests('deadline over, told', { ...editMessage, scene: endless, end: gift }),
  ...commits('deadline over, telling stored', { ...told, scene: endless, end: gift }),
  ...commits('late video, written off', { ...turns('status', 'succeeded'), scene: endlessThenDone, end: gift }),
  ...requests('late video, reply edited', { ...editMessage, skip: 1, scene: endlessThenDone, end: gift }),
];
