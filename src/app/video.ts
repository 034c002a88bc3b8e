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
/** Why there is no file. `later`: it cannot be had now, and is not asked for before so many milliseconds have passed. */
export type NoFile = 'too-large' | 'no-room' | { readonly later: number };
export type VideoFault = 'too-large' | 'not-mp4' | 'unreadable';
export type Opened = { readonly length: number | null; readonly bytes: AsyncIterable<Uint8Array> };

type Ports = {
  readonly log: Log;
  openResult(url: string): Promise<Opened>;
  readRender(providerId: string): Promise<Render>;
  saveUrls(taskId: string, urls: readonly string[]): Promise<void>;
  /** The copy that is kept of a video no rung took; null: none is. */
  openKept(taskId: string): Promise<Opened | null>;
};
type Source = Opened & { again(): Promise<Opened> };
type Later = { readonly later: number };

/**
 * Opens a finished task's video for an upload of at most `limit` bytes: by the provider's link, read again there if it no
 * longer works, else (or by `from`, where the link's bytes proved bad) the kept copy. 'too-large': its link works all the
 * same. 'no-room': the kept copy is too large, and no link works.
 */
export function makeOpenVideo({ log, openResult, readRender, saveUrls, openKept }: Ports) {
  return async function openVideo(
    task: Task,
    limit: number,
    from: 'provider' | 'kept' = 'provider',
  ): Promise<VideoFile | NoFile> {
    const linked = from === 'kept' ? { later: 0 } : await openLinked(task);
    const first = 'later' in linked ? await openCopy(task) : linked;
    if (first === undefined) return { later: 'later' in linked ? linked.later : 0 };
    const { length } = first;
    let bytes = first.bytes;
    let isUnused = true;
    // Also when no byte was ever taken: an upload that finds no connection does not begin to read.
    const close = async () => {
      await bytes[Symbol.asyncIterator]().return?.();
    };
    if (length !== null && length > limit) {
      await close();
      return 'later' in linked ? 'no-room' : 'too-large';
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
          bytes = (await first.again()).bytes;
        }
        isUnused = false;
        return guarded(bytes, limit, note);
      },
      fault: () => fault,
      close,
    };
  };

  async function openLinked(task: Task): Promise<Source | Later> {
    const first = await tryOpen(task, task.resultUrls[0]);
    // Who says "come again later" has the video still: a fresh link would ask the same.
    if (!('later' in first) || first.later > 0) return first;
    return tryOpen(task, (await freshUrls(task))[0]);
  }

  async function openCopy({ id, keptBytes }: Task): Promise<Source | undefined> {
    const copy = keptBytes === null ? null : await openKept(id);
    return copy === null ? undefined : { ...copy, again: async () => copy };
  }

  async function tryOpen(task: Task, url: string | undefined): Promise<Source | Later> {
    if (url === undefined) return { later: 0 };
    try {
      return { ...(await openResult(url)), again: () => openResult(url) };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      log.warn({ err: error, task: task.id }, 'result not opened');
      return { later: error.retryAfterMs ?? 0 };
    }
  }

  function freshUrls(task: Task): Promise<readonly string[]> {
    return readUrls({ readRender, saveUrls }, task);
  }
}

export function isFile(video: VideoFile | NoFile): video is VideoFile {
  return typeof video === 'object' && 'open' in video;
}

/** A finished task's links as the provider gives them now, stored; none where it gives none. */
export async function readUrls(
  { readRender, saveUrls }: Pick<Ports, 'readRender' | 'saveUrls'>,
  { id, providerId }: Task,
): Promise<readonly string[]> {
  if (providerId === null) return [];
  try {
    const { urls } = await readRender(providerId);
    if (urls.length > 0) await saveUrls(id, urls);
    return urls;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return [];
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
