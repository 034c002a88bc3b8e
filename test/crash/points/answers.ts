import { holdAccounts } from '#test/held-accounts.ts';
import { askedAgain, canceled, nothing, video } from '../ends.ts';
import type { Point, Scene } from '../point.ts';
import { afterDying, callback, commits, editReply, followUp, isSet, lookUp, requests, turns } from '../ways.ts';

const accept = { on: 'tasks', event: 'insert' } as const;

/** The first answer arrives and its receipt is lost, so that the repeat hears that there is one already. */
const receiptLost: Scene = {
  ask(world) {
    world.discord.faults.add({ method: callback.method, route: callback.route, when: 'after', drop: true });
    return [world.kling()];
  },
};

const unknownInteraction: Scene = {
  ask(world) {
    const body = { message: 'Unknown interaction', code: 10062 };
    world.discord.faults.add({ method: callback.method, route: callback.route, status: 404, body });
    return [world.kling()];
  },
};

/** The database keeps the acceptance waiting until the bot has said "thinking…", or has died. */
const slow: Scene = {
  async ask(world, { exited }) {
    const accounts = await holdAccounts(world.database.sql);
    const interaction = world.kling();
    const deferred = interaction.callback.catch(() => {});
    void Promise.race([deferred, exited]).then(accounts.release);
    return [interaction];
  },
};
const slowToTheEnd: Scene = {
  async ask(world, { exited }) {
    const accounts = await holdAccounts(world.database.sql);
    void exited.then(accounts.release);
    return [world.kling()];
  },
};
const slowAndPoor: Scene = { ...slow, options: { env: { QUOTA_CREDITS: '10' } } };

/** Everything between a command and the stored fact that it was answered. */
export const answers: readonly Point[] = [
  ...commits('accepted, credits held', { ...accept, undone: nothing, unheard: canceled }),
  ...requests('answer', { ...callback, lost: canceled, taken: video }),
  ...commits('answer stored', { ...isSet('answered_at'), halfway: video, end: video }),
  ...requests('answer there already, looked up', { ...lookUp, scene: receiptLost, lost: video }),
  ...commits('answer refused, task canceled', {
    ...turns('status', 'canceled'),
    scene: unknownInteraction,
    end: canceled,
  }),

  ...afterDying({ ...accept, fate: 'unheard' }, [
    ...requests('unanswered, looked up after a crash', { ...lookUp, lost: canceled }),
    ...commits('unanswered, canceled after a crash', {
      ...turns('status', 'canceled'),
      undone: { ...canceled, objections: askedAgain },
      unheard: canceled,
    }),
  ]),
  ...afterDying({ ...callback, fate: 'taken' }, [
    ...requests('answered, looked up after a crash', { ...lookUp, lost: video }),
    ...commits('answered, stored after a crash', { ...isSet('answered_at'), end: video }),
  ]),

  ...requests('database slow, deferred', {
    ...callback,
    scene: slowToTheEnd,
    lost: nothing,
    taken: { ...nothing, replies: ['thinking'] },
  }),
  ...commits('deferred, accepted late', {
    ...accept,
    also: ([interaction]) => interaction?.answer()?.type === 5,
    undone: { ...nothing, replies: ['thinking'] },
    unheard: video,
  }),
  ...requests('deferred, reply edited to accepted', { ...editReply, scene: slow, end: video }),
  ...commits('deferred, answer stored', { ...isSet('answered_at'), scene: slow, end: video }),
  ...requests('deferred, refused in public', {
    ...editReply,
    scene: slowAndPoor,
    lost: { ...nothing, replies: ['thinking'] },
    taken: { ...nothing, replies: ['other'] },
  }),
  ...requests('deferred, reason told privately', {
    ...followUp,
    scene: slowAndPoor,
    lost: { ...nothing, replies: ['other'] },
  }),
];
