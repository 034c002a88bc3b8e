import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import { Refused, refusal } from './refusal.ts';
import { type Reading, readUpload, type Upload } from './uploads.ts';

export type Form = { readonly payload: string | undefined; readonly files: ReadonlyMap<number, Upload> };

const MAX_FILES = 10;

/** Reads `payload_json` and `files[n]`. A form that ends without its last boundary is refused whole. */
export async function readMultipart(request: IncomingMessage, reading: Reading): Promise<Form> {
  const files = new Map<number, Upload>();
  const pending: Promise<void>[] = [];
  let payload: string | undefined;
  let refused: Refused | undefined;
  const refuse = (why: Refused) => {
    refused ??= why;
  };

  const parser = busboy({ headers: request.headers, defParamCharset: 'utf8', limits: { fieldSize: 1024 * 1024 } });
  parser.on('field', (name, value) => {
    if (name !== 'payload_json') return refuse(badForm(`unknown form field ${name}`));
    if (payload !== undefined) return refuse(badForm('payload_json twice'));
    payload = value;
  });
  parser.on('file', (field, stream, { filename, mimeType }) => {
    const index = /^files\[(\d+)\]$/.exec(field)?.[1];
    const taken = index !== undefined && files.has(Number(index));
    if (index === undefined || taken) refuse(badForm(`unexpected file field ${field}`));
    if (filename === undefined || filename === '') refuse(badForm(`no file name in ${field}`));
    pending.push(
      readUpload(stream, filename ?? '', mimeType, reading).then((upload) => {
        if (upload === undefined) return refuse(refusal('tooLarge'));
        files.set(Number(index), upload);
        if (files.size > MAX_FILES) refuse(refusal('tooManyAttachments'));
      }),
    );
  });

  await ended(request, parser).catch(async (error: unknown) => {
    await Promise.allSettled(pending);
    throw badForm(error instanceof Error ? error.message : 'broken form');
  });
  await Promise.all(pending);
  if (refused !== undefined) throw refused;
  return { payload, files };
}

function ended(request: IncomingMessage, parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once('close', resolve);
    parser.once('error', reject);
    request.once('aborted', () => parser.destroy(new Error('the client went away')));
    request.pipe(parser);
  });
}

const badForm = (message: string): Refused =>
  new Refused(400, 50035, 'Invalid Form Body', { errors: { _errors: [{ code: 'MULTIPART_INVALID', message }] } });
