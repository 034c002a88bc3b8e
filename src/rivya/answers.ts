import { z } from 'zod';
import type { Render } from '#src/domain/provider.ts';

// Required fields only, unknown fields allowed; a field that is not what the pages say counts as absent (rivya-api.md).
const credits = z
  .number()
  .nonnegative()
  // What a column of credits holds; more is no price.
  .max(1_000_000_000)
  .transform((value) => Math.ceil(value))
  .nullish()
  .catch(null);
const text = z.string().nullish().catch(null);

/** Codes and request ids are logged, so nothing passes for one that could be a sentence, a prompt or a URL. */
const word = z
  .string()
  .regex(/^[\w.:-]{1,100}$/)
  .nullish()
  .catch(null);

const Generation = z.object({
  id: z.string().min(1),
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
        .transform((urls) => (urls ?? []).filter((url) => typeof url === 'string')),
    })
    .nullish()
    .catch(null),
  error: z.object({ code: word, message: text }).nullish().catch(null),
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

const FileFields = z.object({ url: z.string().min(1), duration_token: text });
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

const Envelope = z.object({ error: z.object({ code: word, message: text, requestId: word }) });

/** The documented error envelope, or nothing where the body is something else. */
export function readError(json: unknown): { code?: string; message?: string; requestId?: string } {
  const parsed = Envelope.safeParse(json);
  if (!parsed.success) return {};
  const { code, message, requestId } = parsed.data.error;
  return { ...(code && { code }), ...(message && { message }), ...(requestId && { requestId }) };
}
