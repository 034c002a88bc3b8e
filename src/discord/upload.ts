import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultUserAgent } from 'discord.js';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { VideoFile } from '#src/app/video.ts';
import { encodeForm } from '#src/domain/multipart.ts';
import { type Failure, problemsOf } from './failures.ts';

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
const longestMs = 5 * 60_000;
/** Rate limits up to this are waited out here; the video is opened again for it. */
const shortWaitMs = 10_000;
const tries = 3;
/** A message is a few kilobytes. */
const largestAnswer = 2 ** 20;

/**
 * Sends a message with a video, streamed: what discord.js would buffer goes straight from source to socket (measured,
 * discord.md §13). A source that fails ends the request before its last boundary, so Discord takes nothing.
 */
export function makeUpload(api: string, token: string) {
  const agent = new Agent({
    connections: 32,
    connect: { timeout: 5_000 },
    headersTimeout: 120_000,
    bodyTimeout: 30_000,
    maxResponseSize: largestAnswer,
  });

  async function upload(one: Upload): Promise<Uploaded> {
    let outcome = await send(one);
    for (let attempt = 1; attempt < tries && 'failed' in outcome; attempt += 1) {
      const { status, retryAfterMs } = outcome.failed;
      if (status !== 429 || retryAfterMs === undefined || retryAfterMs > shortWaitMs) break;
      await sleep(retryAfterMs);
      outcome = await send(one);
    }
    return outcome;
  }

  async function send({ method, route, isAuthorized, body, file }: Upload): Promise<Uploaded> {
    try {
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
      const response = await request(`${api}/v10${route}`, {
        method,
        dispatcher: agent,
        signal: AbortSignal.timeout(longestMs),
        // undici's types ask for a Readable, its code takes any async iterable (docs: Dispatcher, body).
        body: form.bytes as unknown as Buffer,
        headers: {
          'content-type': form.contentType,
          'user-agent': `${DefaultUserAgent} kling-discord-bot`,
          ...(form.length === null ? {} : { 'content-length': String(form.length) }),
          ...(isAuthorized ? { authorization: `Bot ${token}` } : {}),
        },
      });
      const json: unknown = await response.body.json().catch(() => null);
      return read(response.statusCode, json);
    } catch {
      // Without an answer: whether the message is there is for the caller to find out.
      return { failed: { status: null, code: null } };
    }
  }

  return { upload, close: () => agent.destroy() };
}

function read(status: number, json: unknown): Uploaded {
  const message = Message.safeParse(json);
  const isTaken = status >= 200 && status < 300;
  if (isTaken && message.success) return { messageId: message.data.id };
  // Taken, but not told under which id: as good as no answer, and no reason to post it anywhere else.
  if (isTaken) return { failed: { status: null, code: null } };
  const refused = Refused.safeParse(json).data;
  const retryAfter = refused?.retry_after ?? undefined;
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
