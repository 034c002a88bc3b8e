import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import type { Posted } from '#src/app/deliver.ts';

/** What a failed call to Discord says, whichever client made it. Status null: no answer came. */
export type Failure = {
  readonly status: number | null;
  readonly code: number | null;
  readonly retryAfterMs?: number;
  /** It ended before all of it had been sent, so Discord cannot have acted on it. */
  readonly isUnsent?: boolean;
  /** The fields that Discord refused and by which rule, for the log: a refused form is a bug of ours. */
  readonly problems?: readonly string[];
};

/** Reads a thrown error of discord.js's REST; anything that is none of its kinds is a call without an answer. */
export function failureOf(error: unknown): Failure {
  if (error instanceof DiscordAPIError) {
    const problems = problemsOf('errors' in error.rawError ? error.rawError.errors : undefined);
    // No number: the answer was none of Discord's API, but of something in front of it.
    const code = Number.isInteger(Number(error.code)) ? Number(error.code) : null;
    return { status: error.status, code, ...(problems.length > 0 && { problems }) };
  }
  if (error instanceof HTTPError) return { status: error.status, code: null };
  // `timeToReset` knows nothing of a limit that came without the headers of a bucket.
  if (error instanceof RateLimitError) return { status: 429, code: null, retryAfterMs: error.retryAfter };
  return { status: null, code: null };
}

/** Whether a call failed for what passes by itself: no answer, a server error, a rate limit, a proxy that blocks. */
export function isPassing(error: unknown): boolean {
  const { status, code } = failureOf(error);
  if (status !== null) return status === 429 || status >= 500 || (status === 403 && code === null);
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || ('code' in error && /^(E[A-Z]+|EAI_\w+|UND_ERR_\w+)$/.test(String(error.code)));
}

/**
 * Discord's tree of field errors as "path CODE". Its messages quote what was sent ("Value "…" is not int."), so only names
 * and codes pass.
 */
export function problemsOf(errors: unknown, path: readonly string[] = []): string[] {
  if (typeof errors !== 'object' || errors === null || path.length > 10) return [];
  const problems = Object.entries(errors).flatMap(([key, value]) => {
    if (key !== '_errors') return problemsOf(value, [...path, /^\w{1,40}$/.test(key) ? key : '?']);
    const codes = Array.isArray(value) ? value.map((one: unknown) => codeOf(one)) : [];
    return codes.map((code) => `${path.join('.')} ${code}`);
  });
  return problems.slice(0, 20);
}

function codeOf(problem: unknown): string {
  const code = typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,80}$/.test(code) ? code : '?';
}

// Codes and reactions: discord.md §10, from Discord's opcodes-and-status-codes page.
const tokenDead = new Set([50027, 10015, 10062]);
const tooLarge = new Set([40005, 50045, 400001]);
const blocked = new Set([200000, 240000, 20009]);
/** Whatever Discord asks for: a row waits no longer than this before it tries again. */
const longestWaitMs = 60 * 60_000;
const passing = new Set([40003, 20016, 20028, 20029, 40062, 130000]);
const userAgentBlocked = 40333;

/** `bot`: a route with the bot's token. `token`: one with the interaction's alone. */
export type Authority = 'bot' | 'token';

/** How a failed post goes on: on another rung, without file or prompt, or later. */
export function afterFailedPost(failure: Failure, authority: Authority): Exclude<Posted, { posted: unknown }> {
  const { status, code, retryAfterMs, isUnsent = false } = failure;
  if (code !== null && tokenDead.has(code)) return { refused: 'token-dead' };
  if (code === 10008) return { refused: 'message-gone' };
  if (status === 413 || (code !== null && tooLarge.has(code))) return { refused: 'too-large' };
  if (code !== null && blocked.has(code)) return { refused: 'blocked' };
  const afterMs = Math.min(retryAfterMs ?? 5_000, longestWaitMs);
  if (status === 429) return { later: afterMs, isUnsent: true };
  const unsent = isUnsent || (status !== null && status >= 400 && status < 500) ? { isUnsent: true } : {};
  if (code !== null && passing.has(code)) return { later: afterMs, ...unsent };
  if (status === null || status >= 500) return { later: 2_000, ...unsent };
  const isDead = status === 401 || status === 403 || status === 404;
  if (authority === 'token') return { refused: isDead ? 'token-dead' : 'closed' };
  // Not this place is closed, but the bot is shut out of all: its token was reset, or a proxy blocks its address.
  const isShutOut = status === 401 || code === userAgentBlocked || (status === 403 && code === null);
  return isShutOut ? { later: 60_000, isUnsent: true } : { refused: 'closed' };
}
