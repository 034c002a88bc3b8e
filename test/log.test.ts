import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { request } from 'undici';
import { describe, expect } from 'vitest';
import { ConfigError } from '#src/config.ts';
import { ProviderError } from '#src/domain/provider.ts';
import { describeError } from '#src/log.ts';
import { test } from '#test/database.ts';
import { begin as beginDiscord } from './discord/begin.ts';
import { begin as beginProvider, failure } from './rivya/begin.ts';

const run = promisify(execFile);
const secret = 'a naked fox\n    at home (/rvya_sk_secret:1:1)';
/** What no log line may hold, however an error came by it. */
const leak = /naked|fox|rvya_sk|secret|at home/;

async function thrown(call: PromiseLike<unknown>): Promise<unknown> {
  return await Promise.resolve(call).then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );
}
const said = (error: unknown) => JSON.stringify(describeError(error));

describe('an error of PostgreSQL', () => {
  test('tells its code and constraint, and neither statement nor values', async ({ database: { sql } }) => {
    await sql`create table notes (text text constraint one_text unique, number int)`;
    await sql`insert into notes (text) values (${secret})`;
    const errors = [
      await thrown(sql`insert into notes (text) values (${secret})`),
      await thrown(sql`select ${secret}::text::int`),
      await thrown(sql`select ${secret}::text::uuid`),
      await thrown(sql`select ${`{"${secret}`}::text::jsonb`),
      await thrown(sql.unsafe(`select '${secret.replaceAll(/\s/g, ' ')}' from nowhere`)),
      await thrown(sql.unsafe(`select 1 as "naked fox" where`)),
    ];

    expect(JSON.stringify(errors.map((error) => (error instanceof Error ? error.message : '')))).toMatch(leak);
    for (const error of errors) expect(said(error)).not.toMatch(leak);
    expect(errors.map(describeError)).toMatchObject([
      { type: 'PostgresError', code: '23505', constraint_name: 'one_text', table_name: 'notes' },
      ...['22P02', '22P02', '22P02', '42P01', '42601'].map((code) => ({ type: 'PostgresError', code })),
    ]);
  });
});

describe('an error of Discord', () => {
  test('tells status and code, and neither token nor what was said', async () => {
    const { rests, use } = await beginDiscord();
    const { it } = use();
    const body = { type: 4, data: { content: `${secret}${'x'.repeat(2000)}` } };

    const refused = await thrown(
      rests.callbacks.post(`/interactions/${it.id}/${it.token}/callback`, { body, auth: false }),
    );
    const gone = await thrown(rests.webhooks.get(`/webhooks/1/${it.token}/messages/@original`, { auth: false }));

    expect(describeError(refused)).toMatchObject({ code: 50035, status: 400, method: 'POST' });
    expect(describeError(gone)).toMatchObject({ status: 404, method: 'GET' });
    for (const error of [refused, gone]) {
      expect(said(error)).not.toMatch(leak);
      expect(said(error)).not.toContain(it.token);
    }
  });

  test('without an answer tells neither address nor token', async () => {
    const { discord, rests, use } = await beginDiscord();
    const { it } = use();
    discord.faults.add({ route: '/webhooks/:app/:token/messages/@original', status: 502, times: 9 });

    const error = await thrown(
      rests.webhooks.get(`/webhooks/${discord.applicationId}/${it.token}/messages/@original`, { auth: false }),
    );

    expect(describeError(error)).toMatchObject({ status: 502 });
    expect(said(error)).not.toContain(it.token);
  });
});

describe('an error of the provider', () => {
  test('tells call, code, status and request id, and no words of the provider', async () => {
    const { standIn, client } = await beginProvider();
    const error = { code: 'validation_failed', message: secret, requestId: 'req_1' };
    standIn.faults.add({ route: '/api/v1/generations', status: 400, body: { error } });

    expect(describeError(await failure(client.create('{}', 'key-1')))).toMatchObject({
      type: 'ProviderError',
      message: 'POST /api/v1/generations: validation_failed (400)',
      code: 'validation_failed',
      status: 400,
      requestId: 'req_1',
      surelyNotTaken: true,
    });
    expect(
      said(
        new ProviderError('x', { code: 'c', status: 1, surelyNotTaken: true, said: secret, cause: new Error(secret) }),
      ),
    ).not.toMatch(leak);
  });

  test('that arose below tells the code of that too', () => {
    const cause = Object.assign(new Error(`connect ECONNREFUSED ${secret}`), { code: 'ECONNREFUSED', address: secret });

    expect(
      describeError(new ProviderError('GET x', { code: 'ECONNREFUSED', status: null, surelyNotTaken: true, cause })),
    ).toMatchObject({
      cause: { type: 'Error', code: 'ECONNREFUSED' },
    });
  });
});

test('an error of a plain request tells no signed address', async () => {
  const error = await thrown(request('http://secret.invalid/film.mp4?sig=naked'));

  expect(describeError(error)).toMatchObject({ code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
  expect(said(error)).not.toMatch(leak);
});

describe('any error', () => {
  test('tells where in the code it arose', () => {
    expect(describeError(new TypeError('x'))).toMatchObject({
      type: 'TypeError',
      at: [expect.stringContaining('log.test.ts'), ...Array(5).fill(expect.any(String))],
    });
  });

  test.each([
    ['whose message has lines like a stack', new Error(`x\n    at ${secret}`)],
    ['whose message is all of such lines', new Error(`    at ${secret}`)],
    ['that was changed after it was made', Object.assign(new Error(`x\n    at ${secret}`), { message: 'other' })],
    ['whose message was emptied', Object.assign(new Error(`x\n    at ${secret}`), { message: '' })],
    [
      'whose message names places that could be ours',
      Object.assign(new Error(`x\n    at fox (${process.cwd()}/src/naked fox.ts:1:1)\n    at a fox:1:1`), {
        message: 'x',
      }),
    ],
    ['whose kind is a sentence', Object.assign(new Error('x'), { name: 'a naked fox' })],
    ['whose codes are sentences', Object.assign(new Error('x'), { code: secret, method: secret, requestId: secret })],
    ['whose code is an address', Object.assign(new Error('x'), { code: 'https://a.example/fox?sig=secret' })],
    ['whose kind, stack and message are none', Object.assign(new Error('x'), { name: [secret], stack: [secret] })],
    ['with a cause like that', new Error('x', { cause: new Error(secret) })],
    ['of several', new AggregateError([new Error(secret)], secret)],
    ['with fields that are objects', Object.assign(new Error('x'), { code: { secret }, status: [secret] })],
    [
      'with other fields',
      Object.assign(new Error('x'), { parameters: [secret], query: secret, url: secret, detail: secret }),
    ],
  ])('%s tells none of it', (_, error) => {
    expect(said(error)).not.toMatch(leak);
  });

  test('that cannot be looked at is told by its kind', () => {
    const error = Object.defineProperty(new Error('x'), 'code', {
      get() {
        throw new Error(secret);
      },
    });

    expect(describeError(error)).toEqual({ type: 'object' });
  });

  test('that is its own cause is told to an end', () => {
    const error = new Error('x');
    error.cause = error;

    expect(said(error).length).toBeLessThan(20_000);
  });

  test.each([undefined, null, 5, 'naked fox', { message: 'naked fox' }])(
    'that is none (%j) tells its kind',
    (value) => {
      expect(said(value)).not.toMatch(leak);
      expect(describeError(value)).toHaveProperty('type');
    },
  );

  test('whose words are our own keeps them', () => {
    expect(describeError(new ConfigError('The bot cannot start', []))).toMatchObject({
      message: expect.stringContaining('cannot start'),
    });
  });
});

test('the log writes one JSON line, its errors described, and nothing of them beside', async () => {
  const program = `
    const { openLog } = await import('#src/log.ts');
    const log = openLog('info', false);
    const error = Object.assign(new Error(process.env.SECRET), { code: 'X1', query: process.env.SECRET });
    log.debug({}, 'not shown');
    log.error({ err: error, task: 't' }, 'job failed');
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: process.env.PATH ?? '', SECRET: secret },
    timeout: 20_000,
  });

  const [line = '', ...more] = stdout.trimEnd().split('\n');
  expect(more).toEqual([]);
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    msg: 'job failed',
    task: 't',
    err: { type: 'Error', code: 'X1' },
  });
  expect(line).not.toMatch(leak);
});

describe('an error that nobody catches', () => {
  const fault = "Object.assign(new Error(process.env.SECRET), { code: '23514', detail: process.env.SECRET })";

  test.each([
    ['thrown', `setTimeout(() => { throw ${fault} })`],
    ['a promise’s', `Promise.reject(${fault})`],
    ['no error at all', 'Promise.reject(process.env.SECRET)'],
    ['an event’s', `new (await import('node:events')).EventEmitter().emit('error', ${fault})`],
  ])('(%s) ends the process with one line that holds nothing of it', async (_, statement) => {
    const program = `
      const { describeLastError } = await import('#src/log.ts');
      describeLastError();
      ${statement};
      setInterval(() => {}, 1000);
    `;
    const failed = run(process.execPath, ['--input-type=module', '-e', program], {
      env: { PATH: process.env.PATH ?? '', SECRET: secret },
      timeout: 20_000,
    });

    const { code, stdout, stderr } = (await thrown(failed)) as { code: number; stdout: string; stderr: string };
    expect([code, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toMatchObject({ level: 'fatal', err: { type: expect.any(String) } });
    expect(stderr).not.toMatch(leak);
  });
});
