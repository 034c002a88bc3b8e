import { eventually } from '#test/eventually.ts';
import { video } from '../ends.ts';
import type { Point, Scene } from '../point.ts';
import {
  afterDying,
  commits,
  download,
  editReply,
  followUp,
  isSet,
  jobDone,
  jobTaken,
  read,
  requests,
  task,
  turns,
} from '../ways.ts';

const large: Scene = {
  ask(world) {
    world.rivya.setResult({ size: 3 * 2 ** 20 });
    return [world.kling()];
  },
};

/** The first link no longer works; each reading gives another. */
const staleLink: Scene = {
  ask(world) {
    let links = 0;
    const urls = (own: string) => {
      links += 1;
      return [`${own}?link=${links}`];
    };
    world.rivya.setResult({ urls });
    world.rivya.faults.add({ method: download.method, route: download.route, status: 403 });
    return [world.kling()];
  },
};

const notTaken: Scene = {
  ask(world) {
    world.discord.faults.add({ method: editReply.method, route: editReply.route, status: 500 });
    return [world.kling()];
  },
};

const overLimit: Scene = {
  ask(world) {
    world.rivya.setResult({ size: 3 * 2 ** 20 });
    return [world.kling({}, { attachmentSizeLimit: 2 ** 20 })];
  },
};

/** So long that its member is pinged. */
const longRender: Scene = {
  options: { rivya: { render: 'manual' } },
  async ask(world) {
    const interaction = world.kling();
    const { sql } = world.database;
    const isAged = async () =>
      (await sql`update tasks set rendering_at = now() - interval '2 minutes' where status = 'rendering'`).count === 1;
    await eventually(isAged, 'the render');
    world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
    return [interaction];
  },
};

const pending = `old.delivery = 'pending' and new.delivery = 'pending'`;

/** From the settlement to the video in the reply. */
export const deliveries: readonly Point[] = [
  ...commits('deliver job taken', { ...jobTaken('deliver'), end: video }),
  ...requests('video fetched', { ...download, lost: video }),
  ...requests('reply edited', { ...editReply, scene: large, half: video }),
  ...requests('reply edited', { ...editReply, end: video }),
  ...afterDying({ ...editReply, fate: 'taken' }, requests('reply edited, again', { ...editReply, taken: video })),
  ...commits('delivery stored', { ...turns('delivery', 'delivered'), end: video }),
  ...commits('ping begun', { ...isSet('pinged_at'), scene: longRender, end: video }),
  ...requests('ping sent', { ...followUp, scene: longRender, end: video }),
  ...commits('deliver job done', { ...jobDone('deliver'), end: video }),

  ...requests('link stale, read anew', { ...read, skip: 1, scene: staleLink, lost: video }),
  ...commits('link stale, new one stored', {
    ...task(`${pending} and old.result_urls is distinct from new.result_urls`),
    scene: staleLink,
    end: video,
  }),
  ...commits('edit not taken, again later', {
    ...task(`${pending} and new.attempt > old.attempt`),
    scene: notTaken,
    end: video,
  }),
  ...commits('woken by the sweep', {
    ...task(`${pending} and new.attempt = old.attempt and new.wake_at > old.wake_at`),
    scene: notTaken,
    end: video,
  }),
  ...requests('over the limit, link shown', { ...editReply, scene: overLimit, taken: video }),
];
