import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Database, openDatabase } from '#src/store/database.ts';
import { createDatabase, type TestDatabase } from '#test/database.ts';
import { film, openDesk } from './desk.ts';

let created: TestDatabase;
let database: Database;
beforeAll(async () => {
  created = await createDatabase();
  database = openDatabase(created.url);
});
afterAll(async () => {
  await database.close();
  await created[Symbol.asyncDispose]();
});

type Desk = Awaited<ReturnType<typeof openDesk>>;
type Asked = Awaited<ReturnType<Desk['ask']>>;
type Place =
  | 'a server'
  | 'a thread'
  | 'a private thread'
  | 'a server without the bot'
  | 'one that keeps such answers private'
  | 'the DM with the bot'
  | 'a group DM';
/** What has happened by the time the video is there. */
type Event =
  | 'token dead'
  | 'reply deleted'
  | 'channel shut'
  | 'thread archived'
  | 'thread locked'
  | 'thread deleted'
  | 'parent shut'
  | 'bot thrown out'
  | 'DMs closed';
type Where = 'reply' | 'message' | 'channel' | 'parent' | 'dm' | 'nowhere';

/** Every way for a video to be late, per place: by which rung it comes, for a public wish and for a private one. */
const rows: readonly (readonly [Place, readonly Event[], Where, Where])[] = [
  ['a server', [], 'reply', 'reply'],
  ['a server', ['token dead'], 'message', 'dm'],
  ['a server', ['token dead', 'reply deleted'], 'channel', 'dm'],
  ['a server', ['token dead', 'channel shut'], 'dm', 'dm'],
  ['a server', ['token dead', 'bot thrown out'], 'nowhere', 'nowhere'],
  ['a server', ['token dead', 'DMs closed'], 'message', 'nowhere'],
  ['a server', ['token dead', 'channel shut', 'DMs closed'], 'nowhere', 'nowhere'],
  ['a thread', [], 'reply', 'reply'],
  ['a thread', ['thread archived'], 'reply', 'reply'],
  ['a thread', ['token dead'], 'message', 'dm'],
  ['a thread', ['token dead', 'reply deleted'], 'channel', 'dm'],
  ['a thread', ['token dead', 'thread archived'], 'parent', 'dm'],
  ['a thread', ['token dead', 'thread locked'], 'parent', 'dm'],
  ['a thread', ['token dead', 'thread deleted'], 'parent', 'dm'],
  ['a thread', ['token dead', 'channel shut'], 'parent', 'dm'],
  ['a thread', ['token dead', 'thread archived', 'parent shut'], 'dm', 'dm'],
  ['a thread', ['token dead', 'thread archived', 'parent shut', 'DMs closed'], 'nowhere', 'nowhere'],
  ['a private thread', [], 'reply', 'reply'],
  ['a private thread', ['token dead'], 'message', 'dm'],
  ['a private thread', ['token dead', 'thread archived'], 'dm', 'dm'],
  ['a private thread', ['token dead', 'thread archived', 'DMs closed'], 'nowhere', 'nowhere'],
  ['a server without the bot', [], 'reply', 'reply'],
  ['a server without the bot', ['token dead'], 'dm', 'dm'],
  ['a server without the bot', ['token dead', 'DMs closed'], 'nowhere', 'nowhere'],
  ['one that keeps such answers private', [], 'reply', 'reply'],
  ['one that keeps such answers private', ['token dead'], 'dm', 'dm'],
  ['one that keeps such answers private', ['token dead', 'DMs closed'], 'nowhere', 'nowhere'],
  ['the DM with the bot', [], 'reply', 'reply'],
  ['the DM with the bot', ['token dead'], 'message', 'dm'],
  ['the DM with the bot', ['token dead', 'reply deleted'], 'channel', 'dm'],
  ['the DM with the bot', ['token dead', 'reply deleted', 'DMs closed'], 'nowhere', 'nowhere'],
  ['a group DM', [], 'reply', 'reply'],
  ['a group DM', ['token dead'], 'dm', 'dm'],
  ['a group DM', ['token dead', 'DMs closed'], 'nowhere', 'nowhere'],
];
const cells = rows.flatMap(([place, events, inPublic, inPrivate]) => [
  [place, 'public', events, inPublic] as const,
  [place, 'private', events, inPrivate] as const,
]);

describe.concurrent('a video', () => {
  test.for(cells)('asked for in %s, %s, after %j: %s', async (cell, { expect, onTestFinished }) => {
    const [place, wish, events, where] = cell;
    const desk = await openDesk(database, onTestFinished);
    const site = findPlace(desk, place);
    const asked = await desk.ask(site, wish === 'private');
    const isPrivate = wish === 'private' || place === 'one that keeps such answers private';
    expect(asked.it.isPrivate()).toBe(isPrivate);
    await asked.leave(1.5);
    await asked.deliver();

    await asked.succeed();
    await happen(desk, asked, site, events);
    await asked.deliver();
    await asked.deliver();

    const { delivery, rung, keptBytes } = await asked.task();
    const isShown = where !== 'nowhere';
    expect({ delivery, keptBytes }).toEqual(
      isShown ? { delivery: 'delivered', keptBytes: null } : { delivery: 'undeliverable', keptBytes: film.length },
    );
    expect(isShown ? rung : where).toBe(where);
    expect(videos(desk, asked)).toEqual(isShown ? [placeOf(desk, asked, where, isPrivate)] : []);
    expect(leaks(desk, asked, isPrivate)).toEqual([]);

    if (isShown || events.some((event) => event === 'reply deleted' || event === 'bot thrown out')) return;
    desk.rivya.setResult({ status: 404 });
    await asked.press();
    await asked.deliver();

    expect(videos(desk, asked)).toEqual([placeOf(desk, asked, 'reply', isPrivate)]);
    expect(asked.it.uploads()[0]?.bytes?.equals(film)).toBe(true);
    expect(leaks(desk, asked, isPrivate)).toEqual([]);
    expect(desk.discord.violations).toEqual([]);
  });
});

type Seen = { readonly channelId: string; readonly isReply: boolean; readonly isPrivate: boolean };

/** Every message, wherever, that shows this task's video. */
function videos({ everything }: Desk, { it, id }: Asked): Seen[] {
  const mark = `kling-${id.slice(0, 8)}.mp4`;
  return everything()
    .filter(({ attachments }) => attachments.some(({ filename }) => filename === mark))
    .map((message) => ({
      channelId: message.channel_id,
      isReply: message.id === it.reply()?.id,
      isPrivate: (message.flags & ephemeral) !== 0,
    }));
}

const ephemeral = 64;

function placeOf({ discord, channel }: Desk, { it, userId }: Asked, where: Where, isPrivate: boolean): Seen {
  const here = String(it.payload.channel_id);
  const dm = discord.world.dmWith(userId).id;
  const isReply = where === 'reply' || where === 'message';
  const channelId = where === 'dm' ? dm : where === 'parent' ? channel.id : here;
  return { channelId, isReply, isPrivate: isReply && isPrivate };
}

/** What others can read of a private task. */
function leaks({ discord, everything }: Desk, { userId, id }: Asked, isPrivate: boolean): object[] {
  if (!isPrivate) return [];
  const dm = discord.world.dmWith(userId).id;
  const open = everything().filter(({ channel_id, flags }) => channel_id !== dm && (flags & ephemeral) === 0);
  return open.filter(
    (message) => /a fox/.test(JSON.stringify(message)) || JSON.stringify(message).includes(id.slice(0, 8)),
  );
}

type Site = Parameters<Desk['ask']>[0] & { readonly channelId?: string };

function findPlace({ discord, channel, user, guild }: Desk, place: Place): Site {
  const inGuild = (guildId: string, more: object) => ({
    guildId,
    channelId: discord.addChannel({ guildId, ...more }).id,
  });
  switch (place) {
    case 'a server':
      return { guildId: guild.id, channelId: channel.id };
    case 'a thread':
      return inGuild(guild.id, { type: 11, parentId: channel.id });
    case 'a private thread':
      return inGuild(guild.id, { type: 12, parentId: channel.id });
    case 'a server without the bot':
      return inGuild(discord.addGuild({ bot: false }).id, {});
    case 'one that keeps such answers private':
      return inGuild(discord.addGuild({ bot: false }).id, { externalApps: false });
    case 'the DM with the bot':
      return { context: 1 };
    case 'a group DM':
      return { context: 2, channelId: discord.addChannel({ recipients: [user.id, discord.addUser().id] }).id };
    default:
      return place satisfies never;
  }
}

async function happen(desk: Desk, asked: Asked, site: Site, events: readonly Event[]): Promise<void> {
  const { discord, channel, guild, user } = desk;
  const here = discord.world.channels.get(site.channelId ?? '');
  const acts: { readonly [E in Event]: () => unknown } = {
    'token dead': () => asked.expire(),
    'reply deleted': () => asked.it.deleteReply(),
    'channel shut': () => Object.assign(here ?? {}, { permissions: 0n }),
    'thread archived': () => Object.assign(here ?? {}, { archived: true }),
    'thread locked': () => Object.assign(here ?? {}, { locked: true }),
    'thread deleted': () => Object.assign(here ?? {}, { deleted: true }),
    'parent shut': () => Object.assign(channel, { permissions: 0n }),
    'bot thrown out': () => discord.removeBot(guild.id),
    'DMs closed': () => Object.assign(user, { dmsClosed: true }),
  };
  for (const event of events) await acts[event]();
}
