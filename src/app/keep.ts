import type { Log } from '#src/domain/log.ts';
import type { Task } from '#src/domain/task.ts';
import { isFile, type NoFile, type VideoFile } from './video.ts';

type Ports = {
  readonly log: Log;
  openVideo(task: Task, limit: number): Promise<VideoFile | NoFile>;
  dropPieces(taskId: string): Promise<void>;
  savePiece(taskId: string, part: number, bytes: Uint8Array): Promise<void>;
  markKept(taskId: string, size: number): Promise<void>;
};

const mostBytes = 200 * 2 ** 20;
const pieceBytes = 2 ** 20;

/**
 * Keeps a video that no rung took, as the provider's link does not live for ever. Streamed: memory holds one piece. It
 * counts as kept only once it is whole; killed in the middle, it begins anew. 'later': it cannot be had now.
 */
export function makeKeepVideo({ log, openVideo, dropPieces, savePiece, markKept }: Ports) {
  return async function keepVideo(task: Task): Promise<'kept' | 'none' | 'later'> {
    if (task.status !== 'succeeded' || task.resultUrls.length === 0) return 'none';
    if (task.keptBytes !== null) return 'kept';
    const video = await openVideo(task, mostBytes);
    if (!isFile(video)) return typeof video === 'string' ? notKept(task, video) : 'later';
    try {
      await dropPieces(task.id);
      const size = await copy(task.id, await video.open());
      await markKept(task.id, size);
      log.info({ task: task.id, bytes: size }, 'video kept');
      return 'kept';
    } catch (error) {
      const fault = video.fault();
      if (fault === undefined) throw error;
      await dropPieces(task.id);
      return fault === 'unreadable' ? 'later' : notKept(task, fault);
    } finally {
      await video.close();
    }
  };

  async function copy(taskId: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
    let size = 0;
    let part = 0;
    let held: Uint8Array[] = [];
    let heldBytes = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes < pieceBytes) continue;
      await savePiece(taskId, part, Buffer.concat(held));
      part += 1;
      held = [];
      heldBytes = 0;
    }
    if (heldBytes > 0) await savePiece(taskId, part, Buffer.concat(held));
    return size;
  }

  function notKept(task: Task, why: string): 'none' {
    log.error({ task: task.id, why }, 'video not kept');
    return 'none';
  }
}
