import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { hasOfficialDescription } from '#sandbox/discord/openapi.ts';
import { asker, begin, form, no, userAgent } from './discord-raw.ts';

const CALLBACK = '/interactions/:id/:token/callback';
const ORIGINAL = '/webhooks/:app/:token/messages/@original';

describe('faults on request', () => {
  test('before the effect: the answer is lost and nothing happened', async () => {
    const { use, answer, discord } = await begin();
    const it = use();
    const fault = discord.faults.add({ method: 'POST', route: CALLBACK, drop: true });

    await expect(answer(it)).rejects.toThrow();

    expect(fault.hits).toBe(1);
    expect(it.answer()).toBeUndefined();
    expect(await answer(it)).toMatchObject({ status: 204 });
  });

  test('after the effect: it happened, though the client cannot know', async () => {
    const { use, answer, discord } = await begin();
    const it = use();
    discord.faults.add({ route: CALLBACK, when: 'after', drop: true });

    await expect(answer(it)).rejects.toThrow();

    expect(it.reply()?.content).toBe('Accepted');
    expect(await answer(it)).toMatchObject(no(400, 40060));
    expect(discord.violations).toEqual([]);
  });

  test('tells when a request has come as far as its hold; with the first bytes of an upload, nothing more is taken', async () => {
    const { use, answer, webhook, discord } = await begin();
    const it = use();
    await answer(it);
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const hold = () => {
      reached.resolve();
      return gate.promise;
    };
    discord.faults.add({ route: ORIGINAL, afterBytes: 300_000, hold, drop: true });

    const sending = webhook('PATCH', it, { form: form({}, { 'v.mp4': new Uint8Array(2_000_000) }) });
    await reached.promise;
    gate.resolve();

    await expect(sending).rejects.toThrow();
    expect(it.uploads()).toEqual([]);
    expect(() => discord.faults.add({ route: ORIGINAL, afterBytes: 1 })).toThrow(/goes no further/);
  });

  test('strikes as often as told, on the route it names only', async () => {
    const { ask, discord } = await begin();
    const fault = discord.faults.add({
      method: 'GET',
      route: '/users/@me',
      times: 2,
      status: 503,
      body: { oops: true },
    });

    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await ask('GET', '/users/@me')).status);

    expect(statuses).toEqual([503, 503, 200]);
    expect((await ask('GET', '/users/@me/guilds')).status).toBe(200);
    expect(fault.hits).toBe(2);
  });

  test('answers before the body was read, and the connection stays usable', async () => {
    const { use, answer, webhook, discord } = await begin();
    const it = use();
    await answer(it);
    discord.faults.rateLimit({ route: ORIGINAL, retryAfter: 0.25 });

    const limited = await webhook('PATCH', it, { form: form({}, { 'v.mp4': new Uint8Array(2_000_000) }) });
    const again = await webhook('PATCH', it, { form: form({}, { 'v.mp4': new Uint8Array(2_000_000) }) });

    expect(limited).toMatchObject({ status: 429, body: { retry_after: 0.25, global: false } });
    expect(again.status).toBe(200);
    expect(it.states).toHaveLength(2);
  });

  test('a refusal comes after the body, as only who has read it can refuse it; an early one before', async () => {
    const { discord } = await begin();
    const sendHalf = (early: boolean) => {
      const fault = discord.faults.add({ route: ORIGINAL, status: 400, early });
      const headers = { 'user-agent': userAgent, 'content-type': 'application/json', 'content-length': 4 };
      const sending = request(`${discord.url}/v10/webhooks/1/token/messages/@original`, { method: 'PATCH', headers });
      sending.on('error', () => undefined).write('{ ');
      const status = new Promise((resolve) => sending.on('response', ({ statusCode }) => resolve(statusCode)));
      return { fault, sending, status };
    };

    const early = sendHalf(true);
    expect(await early.status).toBe(400);
    early.sending.destroy();

    const late = sendHalf(false);
    await expect.poll(() => late.fault.hits).toBe(1);
    expect(discord.requests.at(-1)?.status).toBeUndefined();
    late.sending.end(' }');
    expect(await late.status).toBe(400);
  });

  test('a global limit says so in its headers', async () => {
    const { discord } = await begin();
    discord.faults.rateLimit({ route: /^\/users/, global: true, retryAfter: 2 });

    const { headers } = await fetch(`${discord.url}/v10/users/@me`);

    expect(Object.fromEntries(headers)).toMatchObject({ 'retry-after': '2', 'x-ratelimit-global': 'true' });
  });

  test('holds a request until it is let go', async () => {
    const { use, answer, discord } = await begin();
    const it = use();
    const gate = Promise.withResolvers<void>();
    const fault = discord.faults.add({ route: CALLBACK, hold: gate.promise });

    const answering = answer(it);
    await expect.poll(() => fault.hits).toBe(1);
    expect(it.answer()).toBeUndefined();
    gate.resolve();

    expect((await answering).status).toBe(204);
  });

  test('a dead answer made up by a fault counts too', async () => {
    const { use, answer, webhook, discord } = await begin();
    const it = use();
    await answer(it);
    discord.faults.add({ route: ORIGINAL, status: 404, body: { code: 10015, message: 'Unknown Webhook' } });

    await webhook('PATCH', it, { body: { content: 'x' } });
    await webhook('PATCH', it, { body: { content: 'x' } });

    expect(discord.violations).toHaveLength(1);
  });

  test('delays are bounded', async () => {
    const { discord } = await begin();

    expect(() => discord.faults.add({ route: /./, delayMs: 60_001 })).toThrow(/at most/);
  });
});

describe('every request', () => {
  test('needs a User-Agent, a token that fits, a version and a route that exist', async () => {
    const { ask, discord } = await begin();

    expect(await ask('GET', '/users/@me', { headers: { 'user-agent': 'curl/8' } })).toMatchObject(no(403, 40333));
    expect(await ask('GET', '/users/@me', { auth: false })).toMatchObject(no(401, 0));
    expect(await ask('GET', '/nowhere')).toMatchObject(no(404, 0));
    expect(await ask('DELETE', '/users/@me')).toMatchObject(no(405, 0));
    const unversioned = await fetch(`${discord.url}/users/@me`, {
      headers: { 'user-agent': 'DiscordBot (https://a.b, 1)' },
    });
    expect(unversioned.status).toBe(400);
    expect(discord.violations).toHaveLength(4);
  });

  test('must bring JSON as JSON', async () => {
    const { use, discord } = await begin();
    const it = use();
    const path = `/interactions/${it.id}/${it.token}/callback`;
    const send = (text: string, type: string) =>
      asker(discord)('POST', path, { headers: { 'content-type': type }, text });

    expect(await send('{', 'application/json')).toMatchObject(no(400, 50109));
    expect(await send('{}', 'text/plain')).toMatchObject(no(400, 50035));
  });

  test('is logged, its token shortened', async () => {
    const { use, answer, discord } = await begin();
    const it = use();
    await answer(it);

    const logged = await discord.waitForRequest(({ route }) => route.endsWith('/callback'));

    expect(logged).toMatchObject({ method: 'POST', status: 204, authorized: false, fault: false });
    expect(logged.path).toBe(`/interactions/${it.id}/…${it.token.slice(-6)}/callback`);
    await expect(discord.waitForRequest(({ path }) => path === '/never', 20)).rejects.toThrow(/waited 20 ms/);
  });
});

describe.skipIf(!hasOfficialDescription())("Discord's official description", () => {
  // Our own checks take an attachment's id as a number too; the description wants a string.
  const numbered = { attachments: [{ id: 0, filename: 'v.mp4' }] };

  test.each([
    ['refuses what our checks let pass', true, 400],
    ['is left out on request', false, 200],
  ])('%s', async (_, officialChecks, status) => {
    const { use, answer, webhook } = await begin({ officialChecks });
    const it = use();
    await answer(it);

    const said = await webhook('PATCH', it, { form: form(numbered, { 'v.mp4': 'x' }) });

    expect(said.status).toBe(status);
    expect(it.states).toHaveLength(status === 200 ? 2 : 1);
  });
});
