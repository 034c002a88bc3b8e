import { setTimeout as sleep } from 'node:timers/promises';
import { type Bot, spawnBot } from '#test/bot-process.ts';
import { eventually } from '#test/eventually.ts';
import type { Role } from './plan-blows.ts';

type Process = Bot & { readonly exited: Promise<number | null> };
type Post = { readonly name: string; readonly role: Role; process: Process | undefined; isReady: boolean };
/** When a process was taken away or stood still: from its last moment to its first one after. */
export type Gap = { readonly role: Role; readonly how: 'kill' | 'freeze'; readonly from: number; to: number };
/** Whether somebody who was busy then was killed afterwards, no later than `until`. */
export function wasKilled({ how, from }: Gap, since: number, until: number): boolean {
  return how === 'kill' && from >= since - clockSlackMs && from <= until;
}

export type Fleet = AsyncDisposable & {
  kill(index: number, signal: 'SIGKILL' | 'SIGTERM', downMs: number): Promise<void>;
  freeze(index: number, forMs: number): Promise<void>;
  /** Resolves when every process is up and those asked to end have ended. */
  whole(): Promise<void>;
  /** Asks all to end in order; resolves when they have. */
  end(): Promise<void>;
  readonly gaps: readonly Gap[];
  /** What no process may do: end by itself once it was ready, or not end in order when asked. */
  readonly complaints: readonly string[];
  /** Everything that each process printed. */
  outputs(): { readonly name: string; readonly text: string }[];
};

/** A start that Discord or the database refuses is repeated, and a busy machine takes ten seconds for each. */
const startPatienceMs = 120_000;
/** The bot allows itself 10 s for an orderly end; a busy machine gets more. */
const endPatienceMs = 20_000;
const restartAfterMs = 250;
/** A kill is noted just before it happens. */
const clockSlackMs = 50;

/** Real bot processes, each started again whenever it ends, as a service manager would. */
export function startFleet(roles: readonly Role[], environment: Readonly<Record<string, string>>): Fleet {
  const posts = roles.map(
    (role, index): Post => ({ name: `${role}-${index}`, role, process: undefined, isReady: false }),
  );
  const all: { readonly name: string; readonly process: Process }[] = [];
  const gaps: Gap[] = [];
  const complaints: string[] = [];
  const leaving = new Set<Promise<void>>();
  const asked = new WeakSet<Process>();
  let isOver = false;

  function start(post: Post): void {
    if (isOver) return;
    const bot = spawnBot({ ...environment, ROLE: post.role, LOG_LEVEL: 'info' });
    post.process = bot;
    post.isReady = false;
    all.push({ name: `${post.name}#${all.length}`, process: bot });
    bot.waitForLog(isReadyLine, startPatienceMs).then(
      () => {
        post.isReady = post.process === bot;
      },
      // It ended first: a start that could not be, or a kill.
      () => {},
    );
    void bot.exited.then((code) => ended(post, bot, code));
  }

  async function ended(post: Post, bot: Process, code: number | null): Promise<void> {
    if (isOver || asked.has(bot)) return;
    // A start that finds no database or no Discord ends, and is tried again.
    if (bot.lines.some(isReadyLine)) complaints.push(`${post.name} ended by itself with ${code}`);
    await sleep(restartAfterMs);
    if (post.process === bot) start(post);
  }

  async function kill(index: number, signal: 'SIGKILL' | 'SIGTERM', downMs: number): Promise<void> {
    const post = posts[index];
    const bot = post?.process;
    if (post === undefined || bot === undefined) return;
    asked.add(bot);
    post.process = undefined;
    post.isReady = false;
    const gap: Gap = { role: post.role, how: 'kill', from: Date.now(), to: Number.POSITIVE_INFINITY };
    gaps.push(gap);
    if (signal === 'SIGKILL') await bot.kill(signal);
    else leaving.add(leave(post, bot));
    await sleep(downMs);
    start(post);
    await eventually(
      () => isOver || post.isReady || post.process === undefined,
      `${post.name} to be ready`,
      startPatienceMs,
    );
    gap.to = Date.now();
  }

  /** Without a line in its log it may not have got as far as to listen to signals. */
  async function leave(post: Post, bot: Process): Promise<void> {
    const hasBegun = bot.lines.length > 0;
    const code = await Promise.race([bot.kill('SIGTERM'), sleep(endPatienceMs, 'late' as const, { ref: false })]);
    if (code === 'late') complaints.push(`${post.name} did not end in ${endPatienceMs / 1000} s after SIGTERM`);
    else if (code !== 0 && hasBegun && !isOver) complaints.push(`${post.name} ended with ${code} after SIGTERM`);
  }

  for (const post of posts) start(post);
  return {
    gaps,
    complaints,
    kill,
    async freeze(index, forMs) {
      const bot = posts[index]?.process;
      const role = posts[index]?.role;
      if (bot === undefined || role === undefined) return;
      const gap: Gap = { role, how: 'freeze', from: Date.now(), to: Number.POSITIVE_INFINITY };
      gaps.push(gap);
      signal(bot, 'SIGSTOP');
      await sleep(forMs);
      signal(bot, 'SIGCONT');
      gap.to = Date.now();
    },
    async whole() {
      const ready = () => posts.every(({ isReady }) => isReady);
      await eventually(ready, 'all processes to be ready', startPatienceMs).catch((cause: unknown) => {
        throw new Error(`${cause}:\n${all.map(lastWords).join('\n')}`);
      });
      await Promise.all(leaving);
    },
    async end() {
      for (const post of posts) {
        const bot = post.process;
        if (bot === undefined) continue;
        asked.add(bot);
        leaving.add(leave(post, bot));
        post.process = undefined;
      }
      await Promise.all(leaving);
    },
    outputs: () => all.map(({ name, process }) => ({ name, text: process.output() })),
    async [Symbol.asyncDispose]() {
      isOver = true;
      await Promise.all(all.map(({ process }) => process.kill('SIGKILL')));
    },
  };
}

const lastWords = ({ name, process }: { readonly name: string; readonly process: Process }) =>
  `${name}: ${process.output().trim().split('\n').slice(-3).join('\n')}`;

const isReadyLine = ({ msg }: { readonly msg: string }) => msg.startsWith('ready');

function signal({ pid }: Process, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Killed while it stood still.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
