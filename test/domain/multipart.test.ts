import { Readable } from 'node:stream';
import busboy from 'busboy';
import { describe, expect, test } from 'vitest';
import { encodeForm, type Form, type Part } from '#src/domain/multipart.ts';

type Parsed = {
  readonly name: string;
  readonly fileName?: string | undefined;
  readonly type: string;
  readonly text: string;
};

/** Read back by a parser that knows nothing of ours. */
async function parse(form: Form): Promise<Parsed[]> {
  const parts: Parsed[] = [];
  const parser = busboy({ headers: { 'content-type': form.contentType }, defParamCharset: 'utf8', preservePath: true });
  const done = new Promise((resolve, reject) => parser.once('close', resolve).once('error', reject));
  parser.on('field', (name, text, { mimeType }) => parts.push({ name, type: mimeType, text }));
  parser.on('file', (name, stream, { filename, mimeType }) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () =>
      parts.push({ name, fileName: filename, type: mimeType, text: Buffer.concat(chunks).toString('latin1') }),
    );
    stream.on('error', () => {});
  });
  Readable.from(form.bytes)
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  await done;
  return parts;
}

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text, 'latin1');
}

async function bytesOf(form: Form): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(form.bytes));
}

describe('a form', () => {
  test('of fields and a streamed file is read back as it was', async () => {
    const content = '\r\n--kling\r\nContent-Disposition: form-data\r\n\r\n\xff\x00--';
    const form = encodeForm([
      { name: 'payload_json', contentType: 'application/json', body: '{"content":"雪"}' },
      { name: 'empty', body: '' },
      {
        name: 'files[0]',
        fileName: 'film.mp4',
        contentType: 'video/mp4',
        body: chunks(content.slice(0, 5), content.slice(5)),
      },
    ]);

    expect(await parse(form)).toEqual([
      { name: 'payload_json', type: 'application/json', text: '{"content":"雪"}' },
      { name: 'empty', type: 'text/plain', text: '' },
      { name: 'files[0]', fileName: 'film.mp4', type: 'video/mp4', text: content },
    ]);
  });

  test.each<[string, Part[]]>([
    [
      'fields alone',
      [
        { name: 'a', body: 'x' },
        { name: 'b', body: '雪🦊' },
      ],
    ],
    [
      'a file with a length',
      [
        { name: 'a', body: 'x' },
        { name: 'f', fileName: '雪"\r\n.png', contentType: 'image/png', body: chunks('abc', 'd'), length: 4 },
      ],
    ],
    ['an empty file', [{ name: 'f', fileName: 'x', body: chunks(), length: 0 }]],
    ['no parts', []],
  ])('of %s is just as long as it says', async (_, parts) => {
    const form = encodeForm(parts);

    expect((await bytesOf(form)).length).toBe(form.length);
  });

  test.each([undefined, null])('of a file of unknown length (%s) has none itself', async (length) => {
    const form = encodeForm([{ name: 'f', fileName: 'x', body: chunks('abc'), ...(length === null && { length }) }]);

    expect(form.length).toBeNull();
    expect(await parse(form)).toMatchObject([{ text: 'abc' }]);
  });

  test.each([
    ['a"b.png', 'a%22b.png'],
    ['a\r\nContent-Type: text/html\r\n\r\nb.png', 'a%0D%0AContent-Type: text/html%0D%0A%0D%0Ab.png'],
    ['雪 🦊.png', '雪 🦊.png'],
    ['a\u0000\u001b\u0085b.png', 'a___b.png'],
    ['a;filename="b".png', 'a;filename=%22b%22.png'],
  ])('keeps the file name %j inside its quotes', async (fileName, read) => {
    const form = encodeForm([{ name: 'f', fileName, contentType: 'image/png', body: chunks('x'), length: 1 }]);

    expect(await parse(form)).toEqual([{ name: 'f', fileName: read, type: 'image/png', text: 'x' }]);
  });

  test('has a boundary of its own each time', () => {
    expect(encodeForm([]).contentType).not.toBe(encodeForm([]).contentType);
    expect(encodeForm([], 'here').contentType).toBe('multipart/form-data; boundary=here');
  });

  test('whose source fails ends without its last boundary, and with the reason', async () => {
    const reason = new Error('the source broke');
    async function* broken() {
      yield Buffer.from('abc');
      throw reason;
    }
    const form = encodeForm(
      [
        { name: 'f', fileName: 'x', body: broken(), length: 9 },
        { name: 'after', body: 'x' },
      ],
      'here',
    );

    const seen: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of form.bytes) seen.push(chunk);
    })();

    await expect(reading).rejects.toBe(reason);
    expect(Buffer.concat(seen).toString()).toMatch(/abc$/);
  });

  test('reads no more of its source than is asked for, and lets it go when nobody asks any more', async () => {
    let read = 0;
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) {
          read += 1;
          yield Buffer.from('x');
        }
      } finally {
        isClosed = true;
      }
    }

    let taken = 0;
    for await (const _ of encodeForm([{ name: 'f', fileName: 'x', body: endless() }]).bytes) {
      taken += 1;
      if (taken === 5) break;
    }

    expect(read).toBe(4);
    expect(isClosed).toBe(true);
  });
});
