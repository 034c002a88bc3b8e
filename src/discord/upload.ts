import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultUserAgent } from 'discord.js';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { VideoFile } from '#src/app/video.ts';
import { encodeForm } from '#src/domain/multipart.ts';
import { type Failure, problemsOf } from './failures.ts';
import { Patience, watched } from './patience.ts';

export type Upload = {
  readonly method: 'POST' | 'PATCH';
  /** Under the API's version, beginning with a slash. */
  readonly route: `/${string}`;
  /** With the bot's token; never on interaction webhooks. */
  readonly isAuthorized: boolean;
  readonly body: object;
  readonly file: VideoFile;
};
export type Uploaded = { readonly messageId: string } | { readonly failed: Failure };

const Message = z.object({ id: z.string() });
const Refused = z.object({
  code: z.number().nullish().catch(null),
  retry_after: z.number().nonnegative().nullish().catch(null),
  errors: z.unknown().optional(),
});
/** Rate limits up to this are waited out here; the video is opened again for it. */
const shortWaitMs = 10_000;
const tries = 3;
/** A message is a few kilobytes. */
const largestAnswer = 2 ** 20;
/** `stallMs`: no piece was taken for so long. `answerMs`: so long after the last. A slow line alone ends nothing. */
const times = { stallMs: 30_000, answerMs: 60_000, wholeMs: 10 * 60_000, closeMs: 1_500 };

/**
 * Sends a message with a video, streamed: what discord.js would buffer goes straight from source to socket (measured,
 * discord.md §13). A source that fails ends the request before its last boundary, so Discord takes nothing.
 */
export function makeUpload(api: string, token: string, given: Partial<typeof times> = {}) {
  const { stallMs, answerMs, wholeMs, closeMs } = { ...times, ...given };
  const agent = new Agent({
    connections: 32,
    connect: { timeout: 5_000 },
    // It would end an upload that is merely slow.
    headersTimeout: 0,
    bodyTimeout: 30_000,
    maxResponseSize: largestAnswer,
  });
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  function upload(one: Upload): Promise<Uploaded> {
    const outcome = repeat(one).finally(() => running.delete(outcome));
    running.add(outcome);
    return outcome;
  }

  async function repeat(one: Upload): Promise<Uploaded> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await send(one);
      if (!('failed' in outcome) || attempt === tries) return outcome;
      const { status, retryAfterMs } = outcome.failed;
      if (status !== 429 || retryAfterMs === undefined || retryAfterMs > shortWaitMs) return outcome;
      await sleep(retryAfterMs, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  async function send({ method, route, isAuthorized, body, file }: Upload): Promise<Uploaded> {
    const patience = new Patience(wholeMs);
    let isWhole = false;
    const stop = () => {
      if (!isWhole) patience.end();
    };
    closing.signal.addEventListener('abort', stop);
    if (closing.signal.aborted) stop();
    try {
      patience.wait(stallMs);
      const form = encodeForm([
        { name: 'payload_json', contentType: 'application/json', body: JSON.stringify(body) },
        {
          name: 'files[0]',
          fileName: file.name,
          contentType: 'video/mp4',
          body: await file.open(),
          length: file.length,
        },
      ]);
      const bytes = watched(form.bytes, (isLast) => {
        isWhole = isLast;
        patience.wait(isLast ? answerMs : stallMs);
      });
      const response = await request(`${api}/v10${route}`, {
        method,
        dispatcher: agent,
        signal: patience.signal,
        // undici's types ask for a Readable, its code takes any async iterable (docs: Dispatcher, body).
        body: bytes as unknown as Buffer,
        headers: {
          'content-type': form.contentType,
          'user-agent': `${DefaultUserAgent} kling-discord-bot`,
          ...(form.length === null ? {} : { 'content-length': String(form.length) }),
          ...(isAuthorized ? { authorization: `Bot ${token}` } : {}),
        },
      });
      const json: unknown = await response.body.json().catch(() => null);
      return read(response.statusCode, response.headers['retry-after'], json);
    } catch {
      // Without an answer: if all of it was sent, whether the message is there is for the caller to find out.
      return { failed: { status: null, code: null, ...(isWhole ? {} : { isUnsent: true }) } };
    } finally {
      closing.signal.removeEventListener('abort', stop);
      patience.end();
    }
  }

  /** What is still being sent is given up, and surely not taken; what only lacks its answer is waited for a moment. */
  async function close(): Promise<void> {
    closing.abort();
    await Promise.race([Promise.all(running), sleep(closeMs, undefined, { ref: false })]);
    await agent.destroy();
  }

  return { upload, close };
}

function read(status: number, header: string | string[] | undefined, json: unknown): Uploaded {
  const message = Message.safeParse(json);
  const isTaken = status >= 200 && status < 300;
  if (isTaken && message.success) return { messageId: message.data.id };
  // Taken, but not told under which id: as good as no answer, and no reason to post it anywhere else.
  if (isTaken) return { failed: { status: null, code: null } };
  const refused = Refused.safeParse(json).data;
  // A limit of Cloudflare's has no JSON.
  const retryAfter = refused?.retry_after ?? (Number(header) > 0 ? Number(header) : undefined);
  const problems = problemsOf(refused?.errors);
  return {
    failed: {
      status,
      code: refused?.code ?? null,
      ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1000 }),
      ...(problems.length > 0 && { problems }),
    },
  };
}
