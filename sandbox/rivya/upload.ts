import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { invalid, type Refusal } from './answer.ts';
import { readClientRequestId } from './create-body.ts';
import { kling } from './kling.ts';
import { typeBySignature } from './signature.ts';

export type Uploaded = {
  readonly kind: string;
  readonly model: string | undefined;
  readonly clientRequestId: string | undefined;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
  readonly sha256: string;
};
type Part = {
  readonly name: string;
  readonly declared: string;
  readonly size: number;
  readonly sha256: string;
  readonly head: Buffer;
};

const fieldNames = ['kind', 'model', 'client_request_id'];
const headBytes = 16;

/** Reads an upload to its last boundary; throws a `validation_failed` for whatever the files page does not allow. */
export async function readUpload(request: IncomingMessage, maxImageBytes: number): Promise<Uploaded> {
  const { fields, parts, problem } = await readForm(request);
  if (problem !== undefined) throw problem;
  const [part, ...more] = parts;
  if (part === undefined || more.length > 0) throw invalid('file: exactly one is needed');

  const kind = fields.get('kind');
  // Of the three documented kinds the stand-in's only model takes images.
  if (kind !== 'image') throw invalid(`kind: ${kind ?? 'missing'}; ${kling.id} takes image`);
  const model = fields.get('model');
  if (model !== undefined && model !== kling.id) throw invalid(`model: unknown ${model}`);
  return {
    kind,
    model,
    clientRequestId: readClientRequestId(fields.get('client_request_id')),
    name: part.name,
    mime: checkImage(part, maxImageBytes),
    size: part.size,
    sha256: part.sha256,
  };
}

function checkImage({ size, head, declared, name }: Part, maxImageBytes: number): string {
  if (name === '') throw invalid('file: has no name');
  if (size === 0) throw invalid('file: empty');
  if (size > maxImageBytes) throw invalid(`file: over ${maxImageBytes} bytes`);
  const mime = typeBySignature(head);
  const allowed: readonly string[] = kling.imageTypes;
  if (mime === undefined || !allowed.includes(mime)) throw invalid(`file: its bytes are ${mime ?? 'of no known type'}`);
  if (declared !== mime) throw invalid(`file: declared as ${declared}, its bytes are ${mime}`);
  return mime;
}

type Form = { readonly fields: Map<string, string>; readonly parts: Part[]; readonly problem: Refusal | undefined };

async function readForm(request: IncomingMessage): Promise<Form> {
  const fields = new Map<string, string>();
  const parts: Promise<Part>[] = [];
  let problem: Refusal | undefined;

  const parser = openParser(request);
  parser.on('field', (name, value) => {
    if (!fieldNames.includes(name)) problem ??= invalid(`form: unknown field ${name}`);
    if (fields.has(name)) problem ??= invalid(`form: ${name} twice`);
    fields.set(name, value);
  });
  parser.on('file', (field, stream, { filename, mimeType }) => {
    if (field !== 'file') problem ??= invalid(`form: unknown file field ${field}`);
    const part = readPart(stream, filename ?? '', mimeType);
    // A broken form fails its parts before anyone waits for them.
    part.catch(() => {});
    parts.push(part);
  });
  try {
    await parsed(request, parser);
  } catch (error) {
    await Promise.allSettled(parts);
    throw invalid(`form: ${error instanceof Error ? error.message : 'broken'}`);
  }
  return { fields, parts: await Promise.all(parts), problem };
}

function openParser(request: IncomingMessage): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { fieldSize: 4096, fields: 16, files: 4 },
    });
  } catch {
    throw invalid('Content-Type: multipart/form-data with a boundary is needed');
  }
}

function parsed(request: IncomingMessage, parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once('close', resolve);
    parser.once('error', reject);
    request.once('close', () => {
      if (!request.complete) parser.destroy(new Error('the client went away'));
    });
    request.pipe(parser);
  });
}

async function readPart(stream: Readable, name: string, declared: string): Promise<Part> {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
    hash.update(chunk);
    size += chunk.length;
  }
  return { name, declared, size, sha256: hash.digest('hex'), head };
}
