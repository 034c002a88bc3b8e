import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';

/**
 * Runs `work` unless another process is at it for the same folder; says whether it ran. The lock is a name in Linux's
 * abstract socket space, which the kernel frees however the holder dies. Elsewhere PostgreSQL's own pid file must do.
 */
export async function whileAlone(folder: string, work: () => Promise<void>): Promise<boolean> {
  const lock = createServer((socket) => socket.destroy());
  if (process.platform === 'linux') {
    lock.listen(`\0kling-${await identity(folder)}`);
    if (!(await isListening(lock))) return false;
  }
  try {
    await work();
    return true;
  } finally {
    lock.close();
  }
}

/** The folder itself rather than its path, which may have several names. */
async function identity(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder, { bigint: true });
  return createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32);
}

async function isListening(server: ReturnType<typeof createServer>): Promise<boolean> {
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}
