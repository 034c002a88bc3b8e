/** A render as the provider tells it. Unknown statuses count as not terminal: "new codes may be added at any time". */
export type Render = {
  readonly id: string;
  readonly state: 'going' | 'succeeded' | 'failed';
  readonly reservedCredits: number | null;
  readonly finalCredits: number | null;
  /** First the primary one, none twice. */
  readonly urls: readonly string[];
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

type Details = {
  readonly code: string;
  /** HTTP status; null where none was received. */
  readonly status: number | null;
  readonly requestId?: string | undefined;
  /** True only if the provider cannot have acted on this request. */
  readonly surelyNotTaken: boolean;
  readonly retryAfterMs?: number | undefined;
  /** The provider's own words, if any. */
  readonly said?: string | undefined;
  readonly cause?: unknown;
};

/** Any failed call to the provider. `code` is the provider's, or ours for the ways a call can fail without an answer. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: string;
  readonly status: number | null;
  readonly requestId: string | undefined;
  readonly surelyNotTaken: boolean;
  readonly retryAfterMs: number | undefined;
  readonly said: string | undefined;

  constructor(call: string, details: Details) {
    super(`${call}: ${details.code}${details.status === null ? '' : ` (${details.status})`}`, { cause: details.cause });
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.surelyNotTaken = details.surelyNotTaken;
    this.retryAfterMs = details.retryAfterMs;
    this.said = details.said;
  }
}

/** Documented codes that are a plain no, whatever status they come with (that of `insufficient_credits` is not documented). */
const refusals = new Set([
  ...['validation_failed', 'insufficient_credits', 'not_found', 'api_scope_denied'],
  ...['api_key_missing', 'api_key_invalid', 'api_key_revoked', 'api_key_expired'],
]);

/** Whether a code by itself says that nothing was taken. */
export function saysNotTaken(code: string): boolean {
  return refusals.has(code) || code === 'rate_limited' || code === 'public_api_disabled';
}

/**
 * What a failed call asks of us. `slow-down`: everyone waits. `retry`: the same again later. `new-key`: the same, once
 * the operator has given a key that is taken. `refuse`: never again as it is. By code first; an unknown code by its HTTP
 * status (rivya-api.md §8). A conflict may be our own send under way.
 */
export function reactionTo(error: ProviderError): 'retry' | 'slow-down' | 'new-key' | 'refuse' {
  if (error.code === 'rate_limited' || error.status === 429) return 'slow-down';
  if (isKeyRefused(error)) return 'new-key';
  if (refusals.has(error.code)) return 'refuse';
  if (error.code === 'public_api_disabled' || error.code === 'idempotency_conflict') return 'retry';
  const { status } = error;
  if (status === null || status >= 500 || status === 408 || status === 409) return 'retry';
  return status >= 400 ? 'refuse' : 'retry';
}

/** Whether the key is refused whatever is asked with it: nothing will work until an operator replaces it. */
export function isKeyRefused(error: ProviderError): boolean {
  // A 403 with a code of another kind is about the request (moderation, say), not about the key.
  return error.status === 401 || /^(api_key_|http_403$)/.test(error.code);
}

/** Whether only an operator can help: nothing is wrong with the request. */
export function needsOperator(error: ProviderError): boolean {
  return isKeyRefused(error) || error.code === 'api_scope_denied' || error.code === 'insufficient_credits';
}
