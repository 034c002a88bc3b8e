import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

export const root = join(import.meta.dirname, '..', '..');

export type Environment = Readonly<Record<string, string>>;
type LogLine = { readonly msg: string; readonly [field: string]: unknown };

/** The bot ended by itself. `message` is what it said, for the person who started it. */
export class BotEnded extends Error {
  override readonly name = 'BotEnded';
}

export type Bot = {
  /** The process's end: its exit code, null after a signal. Rejects if it could not be started. */
  readonly exited: Promise<number | null>;
  /** Whether it has logged such a line; throws `BotEnded` if it has not and never will. Without `isShown` only. */
  hasLogged(fits: (line: LogLine) => boolean): boolean;
  /** Asks it to end, and returns when it has, by force at last. May be called at any time and more than once. */
  stop(): Promise<void>;
};

/** A little more than the bot allows itself for an orderly end. */
const stopPatienceMs = 12_000;

// What `npm start` does too (start.js): code compiled once is not compiled again.
const compileCache = new URL('../../node_modules/.cache/compiled', import.meta.url).pathname;

/**
 * The bot itself, unchanged, as a process of its own with just this environment. `isShown`: it writes to our terminal;
 * else what it says is read here. It gets no Ctrl+C of ours: its second signal would make it leave its database running.
 */
export function startBot(environment: Environment, { isShown = false } = {}): Bot {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: root,
    env: { NODE_COMPILE_CACHE: compileCache, ...environment },
    detached: process.platform !== 'win32',
    stdio: isShown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  // Not 'exit', which may come before its last words.
  const exited = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  let isOver = false;
  void exited
    .catch(() => null)
    .then(() => {
      isOver = true;
    });
  const said = isShown ? null : listen(child.stdout, child.stderr);

  return {
    exited,
    hasLogged(fits) {
      if (said?.lines.some(fits)) return true;
      if (isOver) throw new BotEnded(said?.lastWords() || `The bot ended with code ${child.exitCode}.`);
      return false;
    },
    async stop() {
      if (isOver || child.pid === undefined) return;
      const overtime = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
      child.kill('SIGTERM');
      await exited.finally(() => clearTimeout(overtime));
    },
  };
}

/** Log lines, and whatever else it writes. */
function listen(stdout: NodeJS.ReadableStream | null, stderr: NodeJS.ReadableStream | null) {
  const lines: LogLine[] = [];
  const plain: string[] = [];
  for (const stream of [stdout, stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (text) => {
      const line = logLine(text);
      if (line !== null) lines.push(line);
      else plain.push(stripVTControlCharacters(text));
    });
  }
  const troubles = () => lines.filter(({ level }) => level === 'error' || level === 'fatal').map(({ msg }) => msg);
  return { lines, lastWords: () => (plain.length > 0 ? plain : troubles()).slice(-40).join('\n').trim() };
}

function logLine(text: string): LogLine | null {
  if (!text.startsWith('{"level"')) return null;
  try {
    const line: unknown = JSON.parse(text);
    return isLogLine(line) ? line : null;
  } catch {
    return null;
  }
}

function isLogLine(line: unknown): line is LogLine {
  return typeof line === 'object' && line !== null && 'msg' in line && typeof line.msg === 'string';
}

/** What any program on this machine needs, and nothing of anybody's settings. */
export function bareEnvironment(more: readonly string[] = []): Environment {
  const names = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'WINDIR', ...more];
  return pick(process.env, names);
}

/** Those of the named variables that are set and not empty. */
export function pick(from: Readonly<Record<string, string | undefined>>, names: readonly string[]): Environment {
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = from[name];
      return value === undefined || value.trim() === '' ? [] : [[name, value]];
    }),
  );
}
