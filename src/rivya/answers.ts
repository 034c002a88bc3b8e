import { z } from 'zod';
import type { Render } from '#src/domain/provider.ts';
import { storable } from '#src/domain/storable.ts';

// Required fields only, unknown fields allowed; a field that is not what the pages say counts as absent (rivya-api.md).
const credits = z
  .number()
  .nonnegative()
  // More is no price, and a column holds the sum of a month of them.
  .max(1_000_000)
  .transform((value) => Math.ceil(value))
  .nullish()
  .catch(null);
/** An id, an address or a token as it is, or as absent if it could not be stored: a row that cannot move is lost. */
const exact = z
  .string()
  .min(1)
  .max(16_000)
  .refine((value) => storable(value) === value);
const text = exact.nullish().catch(null);
/** Words for people; only so many of them. */
const words = z
  .string()
  .transform((value) => storable(value.slice(0, 2_000)))
  .nullish()
  .catch(null);
const mostUrls = 20;

/** Codes and request ids are logged, so nothing passes for one that could be a sentence, a prompt or a URL. */
const word = z
  .string()
  .regex(/^[\w.:-]{1,100}$/)
  .nullish()
  .catch(null);

const Generation = z.object({
  // Indexed, and an index entry has a limit.
  id: exact.max(1_000),
  status: z.string(),
  reserved_credits: credits,
  final_credits: credits,
  result: z
    .object({
      primary_url: text,
      urls: z
        .array(z.unknown())
        .nullish()
        .catch(null)
        .transform((urls) => (urls ?? []).flatMap((url) => exact.safeParse(url).data ?? []).slice(0, mostUrls)),
    })
    .nullish()
    .catch(null),
  error: z.object({ code: word, message: words }).nullish().catch(null),
});

/** Throws a ZodError if the provider's answer is no generation. */
export function readGeneration(json: unknown): Render {
  const { id, status, reserved_credits, final_credits, result, error } = Generation.parse(json);
  const state = status === 'succeeded' || status === 'failed' ? status : 'going';
  const urls = [result?.primary_url, ...(result?.urls ?? [])].filter((url): url is string => Boolean(url));
  return {
    id,
    state,
    reservedCredits: reserved_credits ?? null,
    // Zero while a render is going says nothing yet (rivya-api.md §6).
    finalCredits: state === 'going' ? null : (final_credits ?? null),
    urls: [...new Set(urls)],
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
  };
}

const FileFields = z.object({ url: exact, duration_token: text });
const UploadedFile = z.union([
  FileFields,
  z.object({ file: FileFields }).transform(({ file }) => file),
  z.object({ data: FileFields }).transform(({ data }) => data),
]);

/** The URL of an uploaded file, at the top level or under `file` or `data`; a duration token only if given. */
export function readFile(json: unknown): { url: string; durationToken: string | undefined } {
  const { url, duration_token } = UploadedFile.parse(json);
  return { url, durationToken: duration_token ?? undefined };
}

export const Balance = z.object({ current_credits: z.number() });

const Envelope = z.object({ error: z.object({ code: word, message: words, requestId: word }) });

/** The documented error envelope, or nothing where the body is something else. */
export function readError(json: unknown): { code?: string; message?: string; requestId?: string } {
  const parsed = Envelope.safeParse(json);
  if (!parsed.success) return {};
  const { code, message, requestId } = parsed.data.error;
  return { ...(code && { code }), ...(message && { message }), ...(requestId && { requestId }) };
}
