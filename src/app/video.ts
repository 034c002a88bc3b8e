import { fileName } from '#src/domain/delivery.ts';
import type { Log } from '#src/domain/log.ts';
import { Mp4Walk } from '#src/domain/mp4.ts';
import { ProviderError, type Render } from '#src/domain/provider.ts';
import type { Task } from '#src/domain/task.ts';

export type VideoFile = {
  readonly name: string;
  /** Bytes; null where the source did not say. */
  readonly length: number | null;
  /** Opens the source anew at each call: an upload may have to begin again. */
  open(): Promise<AsyncIterable<Uint8Array>>;
  /** Why the bytes that passed are not a video to show, if so. Known once the upload has failed. */
  fault(): VideoFault | undefined;
  close(): Promise<void>;
};
export type VideoFault = 'too-large' | 'not-mp4' | 'unreadable';
export type Opened = { readonly length: number | null; readonly bytes: AsyncIterable<Uint8Array> };

type Ports = {
  readonly log: Log;
  openResult(url: string): Promise<Opened>;
  readRender(providerId: string): Promise<Render>;
  saveUrls(taskId: string, urls: readonly string[]): Promise<void>;
};

/**
 * Opens a finished task's video for an upload of at most `limit` bytes. A link that no longer works is read again at the
 * provider first. 'unreadable': it cannot be had now.
 */
export function makeOpenVideo({ log, openResult, readRender, saveUrls }: Ports) {
  return async function openVideo(task: Task, limit: number): Promise<VideoFile | 'too-large' | 'unreadable'> {
    const first = (await tryOpen(task, task.resultUrls[0])) ?? (await tryOpen(task, await freshUrl(task)));
    if (first === undefined) return 'unreadable';
    const { url, length } = first;
    let bytes = first.bytes;
    let isUnused = true;
    // Also when no byte was ever taken: an upload that finds no connection does not begin to read.
    const close = async () => {
      await bytes[Symbol.asyncIterator]().return?.();
    };
    if (length !== null && length > limit) {
      await close();
      return 'too-large';
    }

    let fault: VideoFault | undefined;
    const note = (seen: VideoFault) => {
      fault = seen;
    };
    return {
      name: fileName(task.id),
      length,
      async open() {
        fault = undefined;
        if (!isUnused) {
          await close();
          bytes = (await openResult(url)).bytes;
        }
        isUnused = false;
        return guarded(bytes, limit, note);
      },
      fault: () => fault,
      close,
    };
  };

  async function tryOpen(task: Task, url: string | undefined): Promise<(Opened & { url: string }) | undefined> {
    if (url === undefined) return undefined;
    try {
      return { ...(await openResult(url)), url };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      log.warn({ err: error, task: task.id }, 'result not opened');
      return undefined;
    }
  }

  async function freshUrl(task: Task): Promise<string | undefined> {
    if (task.providerId === null) return undefined;
    try {
      const { urls } = await readRender(task.providerId);
      if (urls.length > 0) await saveUrls(task.id, urls);
      return urls[0];
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return undefined;
    }
  }
}

/** Passes a video on; fails before its last byte has gone if it is too large, no mp4, or cut short. */
async function* guarded(
  bytes: AsyncIterable<Uint8Array>,
  limit: number,
  note: (fault: VideoFault) => void,
): AsyncIterable<Uint8Array> {
  const walk = new Mp4Walk();
  let passed = 0;
  const stop = (fault: VideoFault): Error => {
    note(fault);
    return new Error(`the video is ${fault}`);
  };
  try {
    for await (const chunk of bytes) {
      passed += chunk.length;
      if (passed > limit) throw stop('too-large');
      if (!walk.push(chunk)) throw stop('not-mp4');
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ProviderError) note('unreadable');
    throw error;
  }
  if (!walk.isWhole()) throw stop('unreadable');
}
