import { fileTypeFromBuffer } from 'file-type';
import { ImageWalk } from '#src/domain/image-walk.ts';
import type { ImageSource, OfferedImage, UploadedImage } from '#src/domain/images.ts';
import type { Model } from '#src/domain/parameters.ts';
import { ProviderError } from '#src/domain/provider.ts';
import type { ImageRuleBroken } from '#src/domain/request.ts';
import type { Task, TaskImage } from '#src/domain/task.ts';

/** What a picture turned out to be once its bytes were seen. */
export type ImageBroken = { readonly broken: ImageRuleBroken; readonly image: string };

type Ports = {
  readonly model: Model;
  /** Opens an attachment; 'gone' if Discord no longer has it. Throws on faults that may pass. */
  readImage(url: string): Promise<AsyncIterable<Uint8Array> | 'gone'>;
  /** The image as its message shows it now, if it stands on one. */
  freshImage(source: ImageSource): Promise<OfferedImage | 'gone' | 'unknown'>;
  upload(file: {
    name: string;
    mimeType: string;
    length: number;
    bytes: AsyncIterable<Uint8Array>;
    model: string;
    traceId: string;
  }): Promise<UploadedImage>;
  /** For how long nobody calls the provider, in milliseconds. */
  heldOffMs(): Promise<number>;
  saveUpload(taskId: string, index: number, uploaded: UploadedImage): Promise<void>;
};

/** Enough for every signature that file-type knows of our kinds. */
const headBytes = 4100;

/**
 * Brings a task's images to the provider, in order, each stored as soon as it is there. Streams: no picture is held whole
 * whose length Discord says.
 * A picture that breaks a rule is a value; faults that may pass are thrown.
 */
export function makeUploadImages({ model, readImage, freshImage, upload, heldOffMs, saveUpload }: Ports) {
  return async function uploadImages(task: Task): Promise<readonly UploadedImage[] | ImageBroken> {
    const uploaded: UploadedImage[] = [];
    for (const [index, image] of task.images.entries()) {
      const outcome = image.uploaded ?? (await bring(task, image, index));
      if ('broken' in outcome) return outcome;
      uploaded.push(outcome);
    }
    return uploaded;
  };

  async function bring(task: Task, image: TaskImage, index: number): Promise<UploadedImage | ImageBroken> {
    const source = await open(image);
    if (source === 'gone') return { broken: 'unreadable', image: image.name };

    const chunks = source[Symbol.asyncIterator]();
    try {
      const head = await readHead(chunks);
      const mimeType = (await fileTypeFromBuffer(head))?.mime;
      if (head.length === 0) return { broken: 'empty', image: image.name };
      if (mimeType === undefined || !model.images.types.some((type) => type.mimeType === mimeType)) {
        return { broken: 'type', image: image.name };
      }
      await refuseWhileHeldOff();
      const whole = image.size === null ? await gather(head, chunks, model.images.maxBytes) : null;
      if (whole === 'size') return { broken: 'size', image: image.name };
      const length = image.size ?? whole?.length ?? 0;
      const check = { mimeType, length, broken: undefined as ImageRuleBroken | undefined };
      const bytes = checked(whole ?? head, chunks, check);
      const file = { name: image.name, mimeType, length, bytes, model: model.id, traceId: task.id };
      const uploaded = await upload(file).catch((error: unknown) => {
        if (check.broken === undefined) throw error;
        return undefined;
      });
      if (uploaded === undefined || check.broken !== undefined) {
        return { broken: check.broken ?? 'truncated', image: image.name };
      }
      await saveUpload(task.id, index, uploaded);
      return uploaded;
    } finally {
      await chunks.return?.();
    }
  }

  /** A link that has ended is read anew. Throws where Discord does not say. */
  async function open({ discordUrl, source }: TaskImage): Promise<AsyncIterable<Uint8Array> | 'gone'> {
    const there = discordUrl === undefined ? 'gone' : await readImage(discordUrl);
    if (there !== 'gone' || source === undefined) return there;
    const fresh = await freshImage(source);
    if (fresh === 'unknown') throw new Error('the message of an image was not read');
    return fresh === 'gone' ? 'gone' : readImage(fresh.url);
  }

  /** "Too many requests" was said to all of us. */
  async function refuseWhileHeldOff(): Promise<void> {
    const retryAfterMs = await heldOffMs();
    if (retryAfterMs <= 0) return;
    throw new ProviderError('POST /api/v1/files', {
      code: 'rate_limited',
      status: null,
      surelyNotTaken: true,
      retryAfterMs,
    });
  }
}

type Chunks = AsyncIterator<Uint8Array>;

async function readHead(chunks: Chunks): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < headBytes) {
    const { value, done } = await chunks.next();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  return Buffer.concat(parts);
}

/** A picture whose length nobody said: as the provider is told it before the first byte, it is held to its end. */
async function gather(head: Buffer, chunks: Chunks, maxBytes: number): Promise<Buffer | 'size'> {
  const parts: Uint8Array[] = [head];
  let length = head.length;
  while (length <= maxBytes) {
    const { value, done } = await chunks.next();
    if (done) return Buffer.concat(parts);
    parts.push(value);
    length += value.length;
  }
  return 'size';
}

type Check = { readonly mimeType: string; readonly length: number; broken: ImageRuleBroken | undefined };

/** Passes the picture on and fails before its end if it is not as long as Discord said, or lacks its ending. */
async function* checked(head: Buffer, chunks: Chunks, check: Check): AsyncIterable<Uint8Array> {
  let length = 0;
  const walk = new ImageWalk(check.mimeType);
  let next: Uint8Array | undefined = head;
  while (next !== undefined) {
    length += next.length;
    walk.push(next);
    const { value, done }: IteratorResult<Uint8Array, unknown> = await chunks.next();
    const isLast = done === true;
    if (length > check.length || (isLast && !(length === check.length && walk.isWhole()))) {
      check.broken = 'truncated';
      throw new Error('the picture is not whole');
    }
    yield next;
    next = isLast ? undefined : value;
  }
}
