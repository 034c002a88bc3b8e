import { randomUUID } from 'node:crypto';

export type Answer = {
  readonly status: number;
  /** A string is sent as text, anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Codes and statuses as documented; for `insufficient_credits` no status is documented. */
export const statusOfCode = {
  public_api_disabled: 503,
  api_key_missing: 401,
  api_key_invalid: 401,
  api_key_revoked: 401,
  api_key_expired: 401,
  api_scope_denied: 403,
  rate_limited: 429,
  validation_failed: 400,
  not_found: 404,
  idempotency_conflict: 409,
  insufficient_credits: 402,
} as const satisfies Record<string, number>;

export type Code = keyof typeof statusOfCode;
export const isCode = (code: string): code is Code => Object.hasOwn(statusOfCode, code);

/** An expected no, answered with the documented envelope. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

export const invalid = (message: string) => new Refusal('validation_failed', message);

export const refuse = ({ code, message }: Refusal): Answer => ({
  status: statusOfCode[code],
  body: envelope(code, message),
});

export const envelope = (code: string, message: string) => ({
  error: { code, message, requestId: `req_${randomUUID().replaceAll('-', '')}` },
});
