import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openRests } from '#src/discord/rest.ts';
import { begin, type WhenFinished } from './begin.ts';

const run = promisify(execFile);

/** Uploads a file through discord.js in a process of its own, where undici 8 was imported first. */
async function uploadBeside(undici: string, agent: 'own' | 'default', whenFinished: WhenFinished) {
  const { discord, channel } = await begin({}, whenFinished);
  const program = `
    ${undici}
    const { REST } = await import('discord.js');
    const { openRests } = await import('#src/discord/rest.ts');
    const rest = ${agent === 'own'} ? openRests(process.env.API, process.env.TOKEN).bot
      : new REST({ api: process.env.API, version: '10', retries: 0 }).setToken(process.env.TOKEN);
    const data = Buffer.alloc(300_000, 'film');
    await rest.post(process.env.ROUTE, { body: { content: 'Done', allowed_mentions: { parse: [] } }, files: [{ name: 'film.mp4', data, contentType: 'video/mp4' }] });
  `;
  const env = {
    PATH: process.env.PATH ?? '',
    API: discord.url,
    TOKEN: discord.botToken,
    ROUTE: `/channels/${channel.id}/messages`,
  };
  const failed = await run(process.execPath, ['--input-type=module', '-e', program], { env, timeout: 20_000 }).then(
    () => null,
    (error: unknown) => String(error),
  );
  const [message] = discord.messages(channel.id);
  return { failed, upload: message && discord.upload(message.id), violations: discord.violations };
}

const sha256 = createHash('sha256').update(Buffer.alloc(300_000, 'film')).digest('hex');

// discord.md §13: undici 8, once imported, becomes the process-wide dispatcher; discord.js's FormData is of its own undici.
describe.concurrent('a file uploaded through discord.js', () => {
  test.for([
    ['undici 8 imported first', `await import('undici');`],
    [
      'undici 8 imported and its agent set for the whole process',
      `const u = await import('undici'); u.setGlobalDispatcher(new u.Agent());`,
    ],
    ['no other undici', ''],
  ])('arrives byte for byte with an agent of its own: %s', async ([, undici = ''], { expect, onTestFinished }) => {
    const { failed, upload, violations } = await uploadBeside(undici, 'own', onTestFinished);

    expect(failed).toBeNull();
    expect(upload).toMatchObject({ name: 'film.mp4', contentType: 'video/mp4', size: 300_000, sha256 });
    expect(violations).toEqual([]);
  });

  test('does not arrive without one: the trap is still there', async ({ expect, onTestFinished }) => {
    const { failed, upload } = await uploadBeside(`await import('undici');`, 'default', onTestFinished);

    expect(failed).toContain('FormData');
    expect(upload).toBeUndefined();
  });
});

test('no reply waits for the bot’s own 50 requests a second', async () => {
  const { rests, use } = await begin();
  const { it } = use();
  await rests.callbacks.post(`/interactions/${it.id}/${it.token}/callback`, {
    body: { type: 4, data: { content: 'x' } },
    auth: false,
  });

  expect(rests.callbacks.options.globalRequestsPerSecond).toBe(Number.POSITIVE_INFINITY);
  expect(rests.webhooks.options.globalRequestsPerSecond).toBe(Number.POSITIVE_INFINITY);
  expect(rests.bot.options.globalRequestsPerSecond).toBe(50);
});

test('a 401 on an interaction webhook does not empty the bot’s token', async () => {
  const { discord, rests, use } = await begin();
  const { it } = use();
  await rests.callbacks.post(`/interactions/${it.id}/${it.token}/callback`, {
    body: { type: 4, data: { content: 'x' } },
    auth: false,
  });
  it.expireToken();

  await expect(
    rests.webhooks.get(`/webhooks/${discord.applicationId}/${it.token}/messages/@original`, { auth: false }),
  ).rejects.toMatchObject({ status: 401 });

  expect(await rests.bot.get('/users/@me')).toMatchObject({ id: discord.botUserId });
});

test('the three clients speak version 10 at the base URL that they are given', async () => {
  const { discord } = await begin();

  for (const rest of Object.values(openRests(discord.url, discord.botToken))) {
    expect(rest.options).toMatchObject({ api: discord.url, version: '10' });
  }
});
