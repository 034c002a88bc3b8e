import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import { Refused, refusal } from './refusal.ts';
import { type Reading, readUpload, type Upload } from './uploads.ts';

export type Form = { readonly payload: string | undefined; readonly files: ReadonlyMap<number, Upload> };

const MAX_FILES = 10;
const CHUNK_BYTES = 256 * 1024;
const PAYLOAD_BYTES = 1024 * 1024;

/** Reads `payload_json` and `files[n]`. A form that ends without its last boundary is refused whole. */
export async function readMultipart(request: IncomingMessage, reading: Reading): Promise<Form> {
  const parser = openParser(request);
  const files = new Map<number, Upload | undefined>();
  const problems: Refused[] = [];
  const pending: Promise<void>[] = [];
  let payload: string | undefined;

  parser.on('field', (name, value) => {
    if (name !== 'payload_json' || payload !== undefined) problems.push(badForm(`unexpected form field ${name}`));
    else payload = value;
  });
  parser.on('file', (field, stream, { filename, mimeType }) => {
    const index = Number(/^files\[(\d+)\]$/.exec(field)?.[1] ?? Number.NaN);
    if (Number.isNaN(index) || files.has(index)) problems.push(badForm(`unexpected file field ${field}`));
    if (!filename) problems.push(badForm(`no file name in ${field}`));
    files.set(index, undefined);
    const read = readUpload(stream, filename ?? '', mimeType, reading).then((upload) => void files.set(index, upload));
    // A broken form breaks its file too; the form's own error is the one to tell.
    read.catch(() => undefined);
    pending.push(read);
  });

  try {
    await ended(request, parser);
    await Promise.all(pending);
  } catch (error) {
    throw badForm(error instanceof Error ? error.message : 'broken form');
  }
  if (files.size > MAX_FILES) problems.push(refusal('tooManyAttachments'));
  const whole = new Map(files.entries().flatMap(([index, upload]) => (upload === undefined ? [] : [[index, upload]])));
  if (whole.size < files.size) problems.unshift(refusal('tooLarge'));
  if (problems[0] !== undefined) throw problems[0];
  return { payload, files: whole };
}

function openParser({ headers }: IncomingMessage): busboy.Busboy {
  try {
    const sizes = { highWaterMark: CHUNK_BYTES, fileHwm: CHUNK_BYTES, limits: { fieldSize: PAYLOAD_BYTES } };
    return busboy({ headers, defParamCharset: 'utf8', ...sizes });
  } catch (error) {
    throw badForm(error instanceof Error ? error.message : 'no multipart form');
  }
}

function ended(request: IncomingMessage, parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once('close', resolve);
    parser.once('error', reject);
    request.once('close', () => {
      if (!request.complete) parser.destroy(new Error('the client went away'));
    });
    request.pipe(parser);
  });
}

const badForm = (message: string): Refused =>
  new Refused(400, 50035, 'Invalid Form Body', { errors: { _errors: [{ code: 'MULTIPART_INVALID', message }] } });
