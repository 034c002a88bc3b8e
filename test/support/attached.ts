import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Attached = {
  readonly url: string;
  /** Stops cleanly; rejects if the process fails. */
  stop(): Promise<void>;
  /** As a crash: no chance to say goodbye. */
  kill(): Promise<void>;
};

const program = fileURLToPath(new URL('./attached-process.ts', import.meta.url));

/** A process of its own that has started or found the embedded server of that folder. */
export async function attachProcess(dataDir: string, user: { uid?: number; gid?: number } = {}): Promise<Attached> {
  const child = spawn(process.execPath, [program, dataDir], { stdio: 'pipe', ...user });
  const ended = once(child, 'exit');
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });

  const url = await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error(errors)))]);
  return {
    url: String(url[0]).trim(),
    stop: async () => {
      child.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(errors);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
