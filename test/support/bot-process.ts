import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type LogLine = { readonly level: string; readonly msg: string; readonly [field: string]: unknown };
export type Bot = {
  readonly lines: readonly LogLine[];
  readonly pid: number;
  /** Everything it printed. */
  output(): string;
  waitForLog(fits: (line: LogLine) => boolean, timeoutMs?: number): Promise<LogLine>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
};

// Dozens of bots start in a run: they share what the first one compiled, as `npm start` does.
const compileCache = new URL('../../node_modules/.cache/compiled', import.meta.url).pathname;

/** The real bot as a process of its own. Its environment is just this, nothing inherited but the path. */
export function spawnBot(
  environment: Readonly<Record<string, string>>,
): Bot & { readonly exited: Promise<number | null> } {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'debug', NODE_COMPILE_CACHE: compileCache, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child);
}

function watch(child: ChildProcess) {
  const lines: LogLine[] = [];
  let output = '';
  const waiting = new Set<() => void>();
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  void exited.then(() => {
    for (const look of waiting) look();
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`;
      if (line.startsWith('{"level"')) lines.push(JSON.parse(line) as LogLine);
      for (const look of waiting) look();
    });
  }

  return {
    lines,
    pid: child.pid ?? 0,
    exited,
    output: () => output,
    waitForLog(fits: (line: LogLine) => boolean, timeoutMs = 30_000): Promise<LogLine> {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = () => {
          const line = lines.find(fits);
          if (line !== undefined) end(() => resolve(line));
          else if (child.exitCode !== null || child.signalCode !== null)
            end(() => reject(new Error(`the bot ended with ${child.exitCode ?? child.signalCode}:\n${output}`)));
        };
        const timer = setTimeout(
          () => end(() => reject(new Error(`no such log line in ${timeoutMs} ms:\n${output}`))),
          timeoutMs,
        );
        waiting.add(look);
        look();
      });
    },
    async kill(signal: NodeJS.Signals): Promise<number | null> {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}
