import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Program = {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Waits for what a program must not end before; rejects with its last lines if it does. */
  alive<T>(awaited: Promise<T>): Promise<T>;
};

const patienceMs = 15_000;
const root = join(import.meta.dirname, '..');

/**
 * Runs a program of this project with just this environment and its output in a file of `folder`; `stack` stops it.
 * Node's own options for the measured processes: BENCH_NODE_OPTIONS, as for --cpu-prof.
 */
export function startProgram(
  stack: AsyncDisposableStack,
  { path, folder, env }: { path: string; folder: string; env: Readonly<Record<string, string>> },
): Program {
  const output = join(folder, `${path.replaceAll('/', '-')}.log`);
  const file = openSync(output, 'a');
  const options = (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
  const child = spawn(process.execPath, [...options, path], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', file, file, 'ipc'],
    // Ctrl+C is for the parent: a bot that hears it too takes the parent's signal for a second one, and quits at once.
    detached: true,
  });
  closeSync(file);
  const exited = once(child, 'exit');
  stack.defer(() => stop(child, exited));
  return {
    pid: child.pid ?? 0,
    child,
    alive: (awaited) =>
      Promise.race([
        awaited,
        exited.then(([code]) => Promise.reject(new Error(`${path} ended with ${code}:\n${tail(output)}`))),
      ]),
  };
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(late);
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-30).join('\n');
}
