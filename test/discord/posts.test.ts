import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { VideoFile } from '#src/app/video.ts';
import { makePosts } from '#src/discord/posts.ts';
import { makeUpload } from '#src/discord/upload.ts';
import { fileName, nonceOf } from '#src/domain/delivery.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import { aTask, taskId } from '../domain/builders.ts';
import { begin, silent, voice } from './begin.ts';

const film = readFileSync('sandbox/media/1x1.mp4');
const mark = taskId.slice(0, 8);

function video(): VideoFile {
  return {
    name: fileName(taskId),
    length: film.length,
    open: async () => Readable.from([film]),
    fault: () => undefined,
    close: async () => {},
  };
}

/** An answered `/kling` whose task is done, and the posts that show it. */
async function start(more: Partial<Parameters<Awaited<ReturnType<typeof begin>>['use']>[0]> = {}) {
  const world = await begin({ officialChecks: true });
  const { discord, rests } = world;
  const { it, call } = world.use(more);
  await rests.callbacks.post(`/interactions/${it.id}/${it.token}/callback`, {
    body: { type: 4, data: { content: 'Accepted' } },
    auth: false,
  });
  const uploads = makeUpload(discord.url, discord.botToken);
  onTestFinished(() => uploads.close());
  const posts = makePosts({ ...rests, botUserId: discord.botUserId, voice, log: silent, upload: uploads.upload });
  const task = (reply: Partial<Reply> = {}, fields: Partial<Task> = {}): Task =>
    aTask({
      userId: call.userId,
      rungAt: new Date(),
      ...fields,
      reply: { ...call.reply, messageId: it.reply()?.id ?? null, ...reply },
    });
  return { ...world, ...posts, it, task };
}

const shown = (file: VideoFile | null = video()) => ({ file, withPrompt: true, creditsLeft: 810, mentions: false });
const failed: Partial<Task> = { status: 'failed', resultUrls: [], errorCode: 'generation_failed', errorMessage: null };

describe('the video', () => {
  test('by the reply’s token', async () => {
    const { post, task, it, discord } = await start();

    expect(await post(task(), 'reply', shown())).toEqual({ posted: { messageId: it.reply()?.id } });
    expect(it.reply()).toMatchObject({
      content: expect.stringContaining('810 left'),
      attachments: [{ filename: fileName(taskId) }],
    });
    expect(it.uploads()[0]?.bytes?.equals(film)).toBe(true);
    expect(discord.violations).toEqual([]);
  });

  test('by the bot’s token in the same message, after the reply’s has died', async () => {
    const { post, task, it, discord } = await start();
    it.expireToken();

    expect(await post(task(), 'message', shown())).toEqual({ posted: { messageId: it.reply()?.id } });
    expect(it.uploads()[0]?.bytes?.equals(film)).toBe(true);
    expect(discord.violations).toEqual([]);
  });

  test('as a new message in the channel', async () => {
    const { post, task, channel, it, discord } = await start();
    it.deleteReply();

    await post(task(), 'channel', shown());

    const [message] = discord.messages(channel.id);
    expect(message).toMatchObject({
      content: expect.stringContaining(mark),
      attachments: [{ filename: fileName(taskId) }],
    });
    expect(discord.violations).toEqual([]);
  });

  test('as a new message mentions the member, if they want to be, and nobody else', async () => {
    const { post, task, channel, user, discord } = await start();
    const other = discord.addUser();

    await post(task({}, { prompt: `<@${other.id}> @everyone` }), 'channel', { ...shown(), mentions: true });

    const message = discord.messages(channel.id).at(-1);
    expect(message?.content).toMatch(new RegExp(`810 left · <@${user.id}> · \`${mark}\`$`));
    expect(message?.content.split('\n')).toHaveLength(2);
    expect(message?.mentions).toMatchObject([{ id: user.id }]);
    expect(discord.violations).toEqual([]);
  });

  test('in a DM', async () => {
    const { post, task, user, discord } = await start();

    await post(task(), 'dm', shown());

    expect(discord.dms(user.id)).toMatchObject([{ attachments: [{ filename: fileName(taskId) }] }]);
    expect(discord.violations).toEqual([]);
  });
});

describe('a notice or a link', () => {
  test.each(['reply', 'message', 'channel', 'dm'] as const)('by %s', async (rung) => {
    const { post, task, discord } = await start();

    expect(await post(task({}, failed), rung, shown(null))).toHaveProperty('posted.messageId');
    expect(await post(task({}, {}), rung, shown(null))).toHaveProperty('posted.messageId');
    expect(discord.violations).toEqual([]);
  });

  test('a message that held a video before holds it no longer', async () => {
    const { post, task, it } = await start();
    await post(task(), 'reply', shown());

    await post(task({}, failed), 'reply', shown(null));

    expect(it.reply()?.attachments).toEqual([]);
  });

  test('a link of any length is taken by the channel, mark included', async () => {
    const { post, task, discord } = await start();

    for (let length = 1560; length < 1620; length += 5) {
      const resultUrls = [`https://media.example/${'a'.repeat(length)}`];
      const long = task({}, { prompt: '*'.repeat(2000), resultUrls, id: crypto.randomUUID() });
      expect([length, await post(long, 'channel', shown(null))]).toEqual([length, { posted: expect.anything() }]);
    }
    expect(discord.violations).toEqual([]);
  });
});

describe('a new message', () => {
  test.each(['channel', 'dm'] as const)('is made once, however often it is sent (%s)', async (rung) => {
    const { post, task, channel, user, discord } = await start();

    const first = await post(task(), rung, shown());
    const second = await post(task(), rung, shown());

    expect(second).toEqual(first);
    const made =
      rung === 'dm'
        ? discord.dms(user.id)
        : discord.messages(channel.id).filter(({ content }) => content.includes(mark));
    expect(made).toHaveLength(1);
    expect(nonceOf(taskId).length).toBeLessThanOrEqual(25);
  });

  test.each(['channel', 'dm'] as const)('is found again by its mark, and only the bot’s own (%s)', async (rung) => {
    const { post, findPost, task, channel, user, discord } = await start();
    const place = rung === 'dm' ? discord.world.dmWith(user.id).id : channel.id;
    discord.say(place, user.id, `look: ${mark} ${fileName(taskId)}`);

    expect(await findPost(task(), rung)).toBe('none');
    const sent = await post(task(), rung, shown());
    expect(await findPost(task(), rung)).toEqual('posted' in sent ? sent.posted : 'not posted');
    expect(await findPost(task({}, { id: 'ffffffff-7c52-4c7f-9a37-6d1f0c9a1e55' }), rung)).toBe('none');
  });

  test('without a file is found by the mark in its text', async () => {
    const { post, findPost, task } = await start();

    const sent = await post(task({}, failed), 'channel', shown(null));

    expect(await findPost(task({}, failed), 'channel')).toEqual('posted' in sent ? sent.posted : 'not posted');
  });

  test('from before the post began is not taken for it', async () => {
    const { post, findPost, task } = await start();
    await post(task(), 'channel', shown());

    expect(await findPost(task({}, { rungAt: new Date(Date.now() + 60_000) }), 'channel')).toBe('none');
  });

  test('cannot be looked up where the channel is closed, and that is told from silence', async () => {
    const { findPost, task, channel, discord } = await start();
    channel.permissions = 0n;
    expect(await findPost(task(), 'channel')).toBe('none');

    discord.faults.add({ route: '/channels/:channel/messages', method: 'GET', status: 500, times: 9 });
    expect(await findPost(task(), 'channel')).toBe('unknown');
  });
});

describe('a rung that does not take it', () => {
  test('a dead token', async () => {
    const { post, task, it } = await start();
    it.expireToken();

    expect(await post(task(), 'reply', shown())).toEqual({ refused: 'token-dead' });
  });

  test.each([
    ['no permission to send', 'channel', 0x400n, 'closed'],
    ['no permission to see', 'channel', 0n, 'closed'],
    ['no permission to see the message', 'message', 0n, 'closed'],
  ] as const)('%s', async (_, rung, permissions, refused) => {
    const { post, task, channel } = await start();
    channel.permissions = permissions;

    expect(await post(task(), rung, shown(null))).toEqual({ refused });
  });

  test('closed DMs, and a member nobody knows', async () => {
    const { post, task, user } = await start();
    user.dmsClosed = true;

    expect(await post(task(), 'dm', shown(null))).toEqual({ refused: 'closed' });
    expect(await post(task({}, { userId: '600000000000000099' }), 'dm', shown(null))).toEqual({ refused: 'closed' });
  });

  test('a file that is too large', async () => {
    const { post, task, guild } = await start();
    guild.uploadLimit = 1000;

    expect(await post(task(), 'channel', shown())).toEqual({ refused: 'too-large' });
  });

  test('a prompt that automatic moderation blocks, and not without it', async () => {
    const { post, task, discord } = await start();
    discord.autoModerate(/fox/);

    expect(await post(task(), 'reply', shown())).toEqual({ refused: 'blocked' });
    expect(await post(task(), 'reply', { ...shown(), withPrompt: false })).toHaveProperty('posted');
  });

  test.each(['reply', 'channel', 'dm'] as const)('a Discord in trouble passes (%s)', async (rung) => {
    const { post, task, discord } = await start();
    discord.faults.add({ route: /messages/, status: 503, times: 9 });

    expect(await post(task(), rung, shown())).toEqual({ later: expect.any(Number) });
  });

  test('a DM that could not be opened was surely not written', async () => {
    const { post, task, discord } = await start();
    discord.faults.add({ route: '/users/@me/channels', status: 503, times: 9 });

    expect(await post(task(), 'dm', shown())).toEqual({ later: expect.any(Number), isUnsent: true });
  });
});
