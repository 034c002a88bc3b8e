import { randomUUID } from 'node:crypto';

export type Part = {
  readonly name: string;
  readonly body: string | AsyncIterable<Uint8Array>;
  readonly fileName?: string;
  readonly contentType?: string;
  /** Bytes of a streamed body, where known: then the whole form has a length. */
  readonly length?: number | null;
};

export type Form = {
  readonly contentType: string;
  /** Null: to be sent chunked. */
  readonly length: number | null;
  readonly bytes: AsyncIterable<Uint8Array>;
};

/**
 * A multipart/form-data body (RFC 7578) that streams: nothing is held but the chunk under way. If a part's source fails,
 * so does the form, before its last boundary: no receiver takes it for whole.
 */
export function encodeForm(parts: readonly Part[], boundary = `kling-${randomUUID()}`): Form {
  const heads = parts.map((part) => Buffer.from(head(part, boundary)));
  const end = Buffer.from(`--${boundary}--\r\n`);
  const lengths = parts.map(bodyLength);
  const length = lengths.reduce<number | null>(
    (sum, one, index) => (sum === null || one === null ? null : sum + (heads[index]?.length ?? 0) + one + 2),
    end.length,
  );
  return { contentType: `multipart/form-data; boundary=${boundary}`, length, bytes: write(parts, heads, end) };
}

async function* write(parts: readonly Part[], heads: readonly Buffer[], end: Buffer): AsyncIterable<Uint8Array> {
  for (const [index, { body }] of parts.entries()) {
    yield heads[index] ?? end;
    if (typeof body === 'string') yield Buffer.from(body);
    else yield* body;
    yield Buffer.from('\r\n');
  }
  yield end;
}

function head({ name, fileName, contentType }: Part, boundary: string): string {
  const file = fileName === undefined ? '' : `; filename="${quoted(fileName)}"`;
  const type = contentType === undefined ? '' : `\r\nContent-Type: ${contentType}`;
  return `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${file}${type}\r\n\r\n`;
}

/**
 * How browsers escape names in multipart (WHATWG HTML, multipart/form-data): a name never ends its quotes or its line.
 * Other control characters, for which there is no escape, make parsers refuse the whole form.
 */
function quoted(text: string): string {
  const escaped = text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
  return escaped.replaceAll(/\p{Cc}/gu, '_');
}

function bodyLength({ body, length }: Part): number | null {
  return typeof body === 'string' ? Buffer.byteLength(body) : (length ?? null);
}
