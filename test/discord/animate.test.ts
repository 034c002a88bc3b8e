import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
import { buttons, commands, messageCommands, modals } from '#commands/index.ts';
import type { DiscordStandIn, InteractionHandle } from '#sandbox/discord/discord.ts';
import { makeAnimate } from '#src/discord/animate.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { makeDispatch } from '#src/discord/dispatch.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeSay } from '#src/discord/say.ts';
import { kling } from '#src/domain/parameters.ts';
import type { RawRequest } from '#src/domain/request.ts';
import { gif, jpeg, png, webp } from '#test/images.ts';
import { type TestStore, test } from '#test/store.ts';
import { begin, noHands, silent } from './begin.ts';

type Saying = NonNullable<Parameters<DiscordStandIn['say']>[3]>;
type Store = Pick<TestStore, 'saveOpening' | 'findOpening'>;

const command = 'Animate with Kling';
const file = (name: string, bytes: Buffer = png()) => ({ name, bytes });
const site = (name: string, type: 'image' | 'gifv' = 'image') => {
  return { url: `https://site.example/${name}`, type, picture: file(name, jpeg()) };
};

async function start(store: Store) {
  const world = await begin({ officialChecks: true }, onTestFinished);
  const { discord, channel, user } = world;
  const callback = makeCallback(world.rests.callbacks);
  const say = makeSay({ ...makeReplies(world.rests.webhooks), callback });
  const asked: { userId: string; raw: RawRequest }[] = [];
  const animating = makeAnimate({
    ...{ ...say, ...store, model: kling, log: silent, newId: randomUUID, callback },
    ...{ imageOrigin: discord.cdnUrl, mediaHosts: [discord.mediaHost] },
    async answerVideo(call, raw) {
      asked.push({ userId: call.userId, raw });
      await say.sayPrivately(call, 'asked for');
    },
  });
  const hands = { ...noHands, ...animating };
  const { dispatch, drain } = makeDispatch({
    ...{ commands, messageCommands, buttons, modals, hands, log: silent, ...say },
    async remember() {},
  });

  async function see(it: InteractionHandle): Promise<InteractionHandle> {
    dispatch(it.payload);
    await drain();
    expect(discord.violations).toEqual([]);
    return it;
  }
  const apply = (targetId: string, more: object = {}) =>
    see(discord.interact({ command, userId: user.id, targetId, ...more }));
  const post = (saying: Saying, content = '') => discord.say(channel.id, user.id, content, saying);
  const send = (it: InteractionHandle, userId?: string) =>
    see(it.modalSubmit({ values: { prompt: 'it runs', 'setting.mode': 'std' }, ...(userId && { userId }) }));
  return { ...world, post, apply, send, see, asked };
}

/** The first label of the modal that was the answer. */
function label(it: InteractionHandle) {
  const { type, data } = it.answer() ?? {};
  expect(type).toBe(9);
  const [first] = (data?.components ?? []) as { label: string; description: string }[];
  return first?.description;
}

function refusal(it: InteractionHandle): string {
  expect(it.isPrivate()).toBe(true);
  return it.reply()?.content ?? '';
}

const used = ({ raw }: { raw: RawRequest }) => raw.images.map(({ name, size }) => [name, size]);

describe('Animate with Kling', () => {
  test('opens a modal that says with how many images, and asks for the video with them', async ({ store }) => {
    const { post, apply, send, asked, user, discord } = await start(store);
    const { id, attachments } = post({ attachments: [file('a.png'), file('b.webp', webp())] }, 'look');

    const it = await apply(id);
    await send(it);

    expect(label(it)).toBe('With the 2 images of this message.');
    expect(it.answer()?.data.components).toHaveLength(5);
    expect(asked).toMatchObject([
      {
        userId: user.id,
        raw: { prompt: 'it runs', settings: { mode: 'std' }, images: [{ name: 'a.png' }, { name: 'b.webp' }] },
      },
    ]);
    expect(asked[0]?.raw.images).toMatchObject(attachments.map(({ url, size }) => ({ url, size })));
    expect(discord.messages(it.payload.channel_id as string)).toHaveLength(2);
  });

  test('takes the first two of three, and says so', async ({ store }) => {
    const { post, apply, send, asked } = await start(store);
    const attachments = [file('clip.gif', gif()), file('a.png'), file('b.jpg', jpeg()), file('c.png')];
    const { id } = post({ attachments });

    const it = await apply(id);
    await send(it);

    expect(label(it)).toBe('With the first 2 of 3 images of this message.');
    expect(asked.map(used)).toEqual([
      [
        ['a.png', attachments[1]?.bytes.length],
        ['b.jpg', attachments[2]?.bytes.length],
      ],
    ]);
  });

  test('finds them in links, galleries and forwards, of sites through Discord’s proxy alone', async ({ store }) => {
    const { post, apply, send, asked, discord, channel, user } = await start(store);
    const linked = post({ links: [site('wave', 'gifv'), site('a.jpg')] }, 'look');
    const gallery = post({ attachments: [file('b.png')], isGallery: true });
    const forward = discord.forward(linked.id, channel.id, user.id);

    for (const { id } of [linked, gallery, forward]) {
      const it = await apply(id);
      expect(label(it)).toBe('With the image of this message.');
      await send(it);
    }

    expect(asked.map(used)).toEqual([[['a.jpg', null]], [['b.png', png().length]], [['a.jpg', null]]]);
    const urls = asked.flatMap(({ raw }) => raw.images.map((image) => ('url' in image ? new URL(image.url).host : '')));
    expect(urls).toEqual([discord.mediaHost, new URL(discord.cdnUrl).host, discord.mediaHost]);
  });

  test.for<[string, Saying]>([
    ['words alone', {}],
    ['a GIF', { attachments: [file('a.gif', gif())] }],
    ['a film', { attachments: [file('a.mp4')] }],
    ['a link to what plays', { links: [site('wave', 'gifv')] }],
  ])('says no in private to %s', async ([, saying], { store, database }) => {
    const { post, apply } = await start(store);

    const it = await apply(post(saying, 'look').id, { locale: 'nl' });

    expect(refusal(it)).toContain('geen stilstaande afbeelding');
    expect(await database.sql`select 1 from openings`).toEqual([]);
  });

  test('says at once that an image is too large', async ({ store }) => {
    const { post, apply } = await start(store);

    const it = await apply(post({ attachments: [file('a.png', Buffer.alloc(10 * 2 ** 20 + 1))] }).id);

    expect(refusal(it)).toMatch(/larger than 10 MB.*Nothing was charged/);
  });

  test.for([
    ['a DM', (discord: DiscordStandIn, userId: string) => discord.dmWith(userId)],
    [
      'a group of which the bot is no member',
      (discord: DiscordStandIn, userId: string) => discord.addChannel({ recipients: [userId, discord.addUser().id] }),
    ],
    [
      'a server of which it is none',
      (discord: DiscordStandIn) => discord.addChannel({ guildId: discord.addGuild({ bot: false }).id }),
    ],
  ] as const)('works in %s', async ([, place], { store }) => {
    const { discord, user, apply, send, asked } = await start(store);
    const { id } = discord.say(place(discord, user.id).id, user.id, 'look', { attachments: [file('a.png')] });

    await send(await apply(id));

    expect(asked.map(used)).toEqual([[['a.png', png().length]]]);
  });

  test('a modal sent after its message was deleted still has its images; one event twice is one request', async ({
    store,
  }) => {
    const { post, apply, send, see, asked, discord } = await start(store);
    const { id } = post({ attachments: [file('a.png')] });
    const it = await apply(id);

    discord.deleteMessage(id);
    const sent = await send(it);
    await see(sent);

    expect(asked.map(used)).toEqual([[['a.png', png().length]], [['a.png', png().length]]]);
  });

  test('a modal sent after a day, by another member or with another’s id is told that nothing is left', async ({
    store,
    database,
  }) => {
    const { post, apply, send, asked, discord, guild } = await start(store);
    const stranger = discord.addUser();
    discord.addMember(guild.id, stranger.id);
    const it = await apply(post({ attachments: [file('a.png')] }).id);

    const byStranger = await send(it, stranger.id);
    await database.sql`update openings set created_at = created_at - interval '25 hours'`;
    const late = await send(it);

    for (const sent of [byStranger, late]) expect(refusal(sent)).toMatch(/no longer there.*Nothing was charged/s);
    expect(asked).toEqual([]);
  });

  test.for<[string, () => Promise<never>]>([
    ['fails', () => Promise.reject(new Error('connection lost'))],
    ['does not answer', () => new Promise(() => {})],
  ])('says so in private while the database %s, before a modal and after', async ([, away], { store }) => {
    const before = await start({ ...store, saveOpening: away });
    const after = await start({ ...store, findOpening: away });

    const it = await before.apply(before.post({ attachments: [file('a.png')] }).id);
    const sent = await after.send(await after.apply(after.post({ attachments: [file('a.png')] }).id));

    for (const one of [it, sent]) expect(refusal(one)).toContain('cannot be reached right now');
    expect(after.asked).toEqual([]);
  });
});
