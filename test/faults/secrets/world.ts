import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { unbalanced, unsettled } from '#test/books.ts';
import { startWorld, type World } from '#test/bot.ts';
import type { Bot } from '#test/bot-process.ts';
import { eventually } from '#test/eventually.ts';
import { png } from '#test/images.ts';
import { freePort } from '#test/program.ts';
import { makeSecrets } from './search.ts';

export const unguessable = (letter: string) => `${letter}${randomBytes(9).toString('hex')}`;
/** A prompt with all that could break out of a quote, a line or a row. */
export const aPrompt = () => `${unguessable('p')} a naked fox, "it's" \\ $1 {x}\n    at home (/x:1:1) 雪`;

/** A world whose every secret is known to the search. Nobody is limited: it is the failing ways that are wanted. */
export async function startSecretWorld() {
  const secrets = makeSecrets();
  const signature = unguessable('s');
  const password = unguessable('w');
  const world = await startWorld({
    rivya: { minPollMs: 0 },
    env: {
      LOG_LEVEL: 'trace',
      QUOTA_CREDITS: '1000000',
      MAX_ACTIVE_TASKS: '200',
      MAX_ACTIVE_TASKS_PER_USER: '200',
      MAX_WAITING_TASKS_PER_USER: '200',
    },
    start: false,
  });
  const url = new URL(world.databaseUrl);
  if (url.password === '') url.password = password;
  world.rivya.setResult({ urls: (own) => [`${own}?X-Signature=${signature}`] });
  secrets.add('the signature of a result', signature);
  secrets.add('the bot’s token', world.discord.botToken);
  secrets.add('the provider’s key', world.rivya.apiKey);
  if (url.password.length > 12) secrets.add('the database’s password', url.password);

  const asked: ReturnType<World['kling']>[] = [];
  /** `/kling` with a prompt of its own; what must not be told of it is known to the search. */
  function kling(more: Parameters<World['kling']>[1] = {}, prompt = aPrompt()) {
    const interaction = world.kling({ prompt }, more);
    asked.push(interaction);
    secrets.add('a prompt', prompt);
    secrets.add('a token of an interaction', interaction.token);
    for (const { url: link, filename } of files(interaction.payload)) {
      secrets.add('the signature of an attachment', new URL(link).searchParams.get('hm') ?? '');
      secrets.add('the name of an image', filename);
    }
    return interaction;
  }

  /** Until everyone has an answer, or will never have one. */
  async function answered(): Promise<void> {
    await Promise.allSettled(asked.splice(0).map(({ callback }) => callback));
  }

  const boot = (more: Readonly<Record<string, string>> = {}) => world.boot({ DATABASE_URL: url.href, ...more });
  return { ...world, secrets, boot, kling, answered, password: url.password, databaseUrl: url.href };
}
export type SecretWorld = Awaited<ReturnType<typeof startSecretWorld>>;

type File = { readonly url: string; readonly filename: string };
export function files(payload: object): File[] {
  const { data } = payload as { data: { resolved?: { attachments?: Record<string, File> } } };
  return Object.values(data.resolved?.attachments ?? {});
}

export const picture = (bytes = png(), name = `${unguessable('n')}.png`) => ({ name, bytes });

/** Everything that outlives a task beside its own row, and of that what has to be gone with it. */
async function tables({ database: { sql } }: SecretWorld): Promise<string> {
  const found = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and (n.nspname = 'pgboss' or c.relname in ('ledger', 'accounts', 'pacing'))`;
  const texts = await Promise.all(
    found.map(({ name }) => sql.unsafe(`select coalesce(string_agg(t::text, E'\\n'), '') as text from ${name} t`)),
  );
  expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['pgboss.job', 'ledger']));
  return texts.map(([row]) => row?.text).join('\n');
}

const closedRows = ({ database: { sql } }: SecretWorld) =>
  sql<{ token: string | null; images: object[] }[]>`select token, images from tasks where status <> 'uncertain'`;

/** Runs what is to fail, as fast as rows can be moved, stops the bot, and searches all that it said and left. */
export async function runAndSearch(
  world: SecretWorld,
  ...failing: ((world: SecretWorld) => Promise<void>)[]
): Promise<Bot> {
  const port = String(await freePort());
  const bot = await world.boot({ HTTP_PORT: port });
  const time = fastForward(world.database);
  for (const fail of failing) await fail(world);
  await allFinished(world);
  await time.stop();
  const queue = await tables(world);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  await bot.kill('SIGTERM');
  await eventually(() => bot.output().includes('"stopping"'), 'the last lines');

  expect(world.secrets.findIn(bot.output())).toEqual([]);
  expect(bot.output()).not.toMatch(/\/results\/|ephemeral-attachments|X-Signature|Bearer|Bot [A-Za-z0-9]/);
  expect(world.secrets.findIn(queue)).toEqual([]);
  expect(metrics).toMatch(/^kling_answer_seconds/m);
  expect(world.secrets.findIn(metrics)).toEqual([]);
  expect(metrics).not.toContain(world.user.id);
  for (const { token, images } of await closedRows(world)) {
    expect(token).toBeNull();
    expect(JSON.stringify(images)).not.toMatch(/discordUrl|hm=/);
  }
  expect(await unbalanced(world.database)).toEqual([]);
  expect(await unsettled(world.database)).toEqual([]);
  return bot;
}

/** Proves that the failing ways were gone. */
export function expectTold({ lines }: Bot, ...messages: readonly string[]): void {
  expect([...new Set(lines.map(({ msg }) => msg))]).toEqual(expect.arrayContaining([...messages]));
}

/** Time passes ten thousand times faster for every row that waits, until it is stopped. */
export function fastForward({ sql }: SecretWorld['database']): { stop(): Promise<void> } {
  const stopping = new AbortController();
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await Promise.all([
        sql`update pacing set hold_off_until = now()`,
        sql`
          update /* by the test */ tasks set wake_at = least(wake_at, now() + interval '100 ms'),
            accepted_at = accepted_at - case when answered_at is null then interval '1 second' else '0' end,
            first_sent_at = first_sent_at - interval '10 seconds', last_sent_at = last_sent_at - interval '1 minute',
            pending_at = pending_at - interval '20 seconds', rung_at = rung_at - interval '1 minute',
            closed_at = closed_at - interval '20 seconds',
            next_poll_at = least(next_poll_at, now() + interval '100 ms')
          where ${open(sql)}`,
      ]).catch(() => {});
      await sleep(50);
    }
  }
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const open = (sql: SecretWorld['database']['sql']) =>
  sql`(delivery = 'pending' or status in ('accepted', 'submitting', 'rendering'))`;

export async function allFinished({ database: { sql }, answered }: SecretWorld): Promise<void> {
  await answered();
  let left: object[] = [];
  const isFinished = async () => {
    left = await sql`select status, delivery, rung, attempt, unsure_sends, error_code from tasks where ${open(sql)}`;
    return left.length === 0;
  };
  await eventually(isFinished, 'all tasks to be finished', 90_000).catch((error: unknown) => {
    throw new Error(`${String(error)}; left are ${JSON.stringify(left)}`);
  });
}
