import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import type { World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { askedAgain, undeliverable, videoByDm, videoByMessage, videoInChannel } from '../ends.ts';
import type { Point, Scene } from '../point.ts';
import {
  afterDying,
  commits,
  editMessage,
  isCleared,
  listMessages,
  openDm,
  postMessage,
  requests,
  task,
  turns,
} from '../ways.ts';

/** The render ends after something has happened to the reply. */
function lateRender(change: (world: World, interaction: InteractionHandle) => void | Promise<void>, ask = asks): Scene {
  return {
    options: { rivya: { render: 'manual' } },
    async ask(world) {
      world.rivya.setResult({ size: 3 * 2 ** 20 });
      const interaction = ask(world);
      const { sql } = world.database;
      await eventually(
        async () => (await sql`select from tasks where status = 'rendering'`).length === 1,
        'the render',
      );
      await change(world, interaction);
      world.rivya.finish(world.rivya.tasks[0]?.id ?? '');
      return [interaction];
    },
  };
}

const asks = (world: World) => world.kling();
const asksInGroup = (dmsClosed: boolean) => (world: World) => {
  const { discord, guild } = world;
  const userId = discord.addUser({ name: 'eve', dmsClosed }).id;
  discord.addMember(guild.id, userId);
  const channelId = discord.addChannel({ recipients: [userId, discord.addUser().id] }).id;
  return discord.interact({ command: 'kling', options: { prompt: 'in a group' }, userId, channelId, context: 2 });
};

async function expire({ database }: World, interaction: InteractionHandle): Promise<void> {
  await database.sql`update tasks set token_expires_at = now()`;
  interaction.expireToken();
}

const tokenDead = lateRender((_, interaction) => interaction.expireToken());
const replyDeleted = lateRender((_, interaction) => interaction.deleteReply());
const tokenOver = lateRender(expire);
const allGone = lateRender(async (world, interaction) => {
  await expire(world, interaction);
  interaction.deleteReply();
});
const inGroup = lateRender(expire, asksInGroup(false));
const shy = lateRender(expire, asksInGroup(true));

const isOnRung = (rung: string) =>
  task(`old.rung is distinct from new.rung and new.rung = '${rung}' and new.delivery = 'pending'`);
const stored = turns('delivery', 'delivered');
const postTaken = { ...postMessage, fate: 'taken' } as const;

/** Where the reply's token is of no more use. */
export const late: readonly Point[] = [
  ...commits('token found dead, dropped', {
    ...isCleared('token'),
    scene: tokenDead,
    undone: { ...videoByMessage, objections: askedAgain },
    unheard: videoByMessage,
  }),
  ...commits('reply found deleted, dropped', {
    ...isCleared('message_id'),
    scene: replyDeleted,
    undone: { ...videoInChannel, objections: askedAgain },
    unheard: videoInChannel,
  }),

  ...requests('message edited by the bot', {
    ...editMessage,
    scene: tokenOver,
    half: videoByMessage,
    end: videoByMessage,
  }),
  ...commits('message edited, delivery stored', { ...stored, scene: tokenOver, end: videoByMessage }),

  ...commits('post in the channel begun', { ...isOnRung('channel'), scene: allGone, end: videoInChannel }),
  ...requests('post in the channel', {
    ...postMessage,
    scene: allGone,
    half: videoInChannel,
    end: videoInChannel,
  }),
  ...commits('post in the channel, delivery stored', { ...stored, scene: allGone, end: videoInChannel }),
  ...afterDying(postTaken, [
    ...requests('post in the channel, looked for after a crash', {
      ...listMessages,
      scene: allGone,
      lost: videoInChannel,
    }),
    ...commits('post in the channel, found and stored', { ...stored, scene: allGone, end: videoInChannel }),
  ]),

  ...requests('DM opened', { ...openDm, scene: inGroup, end: videoByDm }),
  ...commits('DM begun', { ...isOnRung('dm'), scene: inGroup, end: videoByDm }),
  ...requests('DM sent', { ...postMessage, scene: inGroup, half: videoByDm, end: videoByDm }),
  ...commits('DM sent, delivery stored', { ...stored, scene: inGroup, end: videoByDm }),
  ...commits('DMs closed, undeliverable', { ...turns('delivery', 'undeliverable'), scene: shy, end: undeliverable }),
];
