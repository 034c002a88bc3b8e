const longestMs = 60 * 60 * 1000;

/** A `Retry-After` (RFC 9110 §10.2.3: seconds or a date) in milliseconds, at most an hour; undefined if there is none. */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim();
  if (value === undefined || value === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  if (Number.isNaN(ms)) return undefined;
  return Math.min(longestMs, Math.max(0, ms));
}
