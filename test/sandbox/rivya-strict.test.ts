import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RivyaOptions } from '#sandbox/rivya/start.ts';
import { gif, jpeg, largestImage, mislabeled, png, webp } from '#test/images.ts';
import { begin, isJson, promptOnly } from './rivya-calls.ts';

const blob = (bytes: Buffer, type: string) => new Blob([Uint8Array.from(bytes)], { type });
const refused = { status: 400, code: 'validation_failed' };

describe('a create', () => {
  const everything = { mode: 'std', multi_shots: 'true', duration: '15', sound: 'true', aspect_ratio: '9:16' };

  test.each([
    ['the least', {}],
    ['every option', { params: everything }],
    ['2000 characters', { prompt: '一'.repeat(2000) }],
    ['2000 UTF-16 units of emoji', { prompt: '🎬'.repeat(1000) }],
    ['an empty list of references', { params: { referenceMediaItems: [] } }],
    ['a client_request_id of 128', { client_request_id: 'x'.repeat(128) }],
  ])('with %s is taken', async (_, more) => {
    const { rivya, create } = await begin();

    expect((await create({ ...promptOnly, ...more })).status).toBe(200);
    expect(rivya.violations).toEqual([]);
  });

  test.each([
    ['model', { model: 'kling-2-6' }],
    ['model', { model: undefined }],
    ['prompt', { prompt: undefined }],
    ['prompt', { prompt: ' \n' }],
    ['prompt', { prompt: 'x'.repeat(2001) }],
    ['prompt', { prompt: '🎬'.repeat(1001) }],
    ['prompt', { prompt: `${'x'.repeat(10)}\ud83c` }],
    ['prompt', { prompt: ['a'] }],
    ['files', { files: [] }],
    ['seed', { seed: 1 }],
    ['params', { params: [] }],
    ['params', { params: null }],
    ['negative_prompt', { params: { negative_prompt: 'x' } }],
    ['params.sound', { params: { sound: true } }],
    ['params.duration', { params: { duration: 5 } }],
    ['params.duration', { params: { duration: '16' } }],
    ['params.mode', { params: { mode: 'Pro' } }],
    ['params.aspect_ratio', { params: { aspect_ratio: '4:3' } }],
    ['referenceMediaItems', { params: { referenceMediaItems: {} } }],
    ['client_request_id', { client_request_id: 'x'.repeat(129) }],
    ['client_request_id', { client_request_id: 7 }],
  ])('with a bad %s is refused: %o', async (field, more) => {
    const { rivya, create } = await begin();

    const { status, code, json } = await create({ ...promptOnly, ...more });

    expect({ status, code }).toEqual(refused);
    expect(isJson(json.error) && json.error.message).toContain(field);
    expect(rivya.tasks).toEqual([]);
    expect(rivya.violations).toHaveLength(1);
  });

  test.each([
    ['{"model":"kling-3-0"', 'application/json'],
    ['"text"', 'application/json'],
    [JSON.stringify(promptOnly), 'text/plain'],
  ])('that is no JSON object is refused: %s as %s', async (body, type) => {
    const { post } = await begin();

    expect(await post('/api/v1/generations', body, { 'content-type': type })).toMatchObject(refused);
  });
});

describe('references', () => {
  async function beginWithFile(options: RivyaOptions = {}) {
    const begun = await begin(options);
    const { json } = await begun.upload();
    const item = { url: json.url, kind: 'image', name: 'first.png', mimeType: 'image/png' };
    const createWith = (...items: unknown[]) => begun.create({ ...promptOnly, params: { referenceMediaItems: items } });
    return { ...begun, file: json, item, createWith };
  }

  test('name files of this account, in order', async () => {
    const { rivya, upload, item, file, createWith } = await beginWithFile();
    const second = await upload({ file: blob(jpeg(), 'image/jpeg') }, 'last.jpg');

    const { status } = await createWith(item, { url: second.json.url, kind: 'image' });

    expect(status).toBe(200);
    expect(rivya.tasks[0]?.files).toEqual([file.id, second.json.id]);
    expect(rivya.tasks[0]?.body.references[0]).toEqual(item);
  });

  test.each([
    ['another url', { url: 'https://cdn.discordapp.com/attachments/1/2/a.png' }],
    ['no url', { url: undefined }],
    ['another kind', { kind: 'video' }],
    ['a type that the file has not', { mimeType: 'image/jpeg' }],
    ['a snake_case field', { mime_type: 'image/png' }],
    ['an empty name', { name: '' }],
    ['a duration', { durationSeconds: 5 }],
    ['a token that was never given', { durationToken: 'x' }],
  ])('with %s are refused', async (_, wrong) => {
    const { createWith, item } = await beginWithFile();

    expect(await createWith({ ...item, ...wrong })).toMatchObject(refused);
  });

  test('are two at most', async () => {
    const { createWith, item } = await beginWithFile();

    expect((await createWith(item, item)).status).toBe(200);
    expect(await createWith(item, item, item)).toMatchObject(refused);
  });

  test('bring the duration token back where the file has one', async () => {
    const { createWith, item, file } = await beginWithFile({ durationToken: 'token' });
    expect(file.duration_token).toBe('token');

    expect(await createWith(item)).toMatchObject(refused);
    expect((await createWith({ ...item, durationToken: 'token' })).status).toBe(200);
  });
});

describe('an upload', () => {
  test('is kept by name, type, size and hash, and can be read again', async () => {
    const { rivya, upload, get } = await begin();
    const bytes = webp(50_000);

    const { status, json } = await upload(
      { file: blob(bytes, 'image/webp'), client_request_id: 'ours' },
      'naïve 画.webp',
    );

    expect(status).toBe(200);
    expect(rivya.files[0]).toMatchObject({
      id: json.id,
      kind: 'image',
      model: 'kling-3-0',
      clientRequestId: 'ours',
      name: 'naïve 画.webp',
      mime: 'image/webp',
      size: 50_000,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      url: json.url,
    });
    expect((await get(`/api/v1/files/${String(json.id)}`)).json).toEqual(json);
    expect((await get('/api/v1/files/file_x')).code).toBe('not_found');
    expect(rivya.violations).toEqual([]);
  });

  test.each(['file', 'data'] as const)('may answer with its fields under %s', async (uploadShape) => {
    const { upload } = await begin({ uploadShape, uploadStatus: 201 });

    const { status, json } = await upload();

    expect(status).toBe(201);
    expect(Object.keys(json)).toEqual([uploadShape]);
    expect(json[uploadShape]).toHaveProperty('url');
  });

  test('takes exactly the largest image, and not one byte more', async () => {
    const { upload } = await begin();

    expect((await upload({ file: blob(png(largestImage), 'image/png') })).status).toBe(200);
    expect(await upload({ file: blob(png(largestImage + 1), 'image/png') })).toMatchObject(refused);
  });

  test('reads MB as 10^6 where told so', async () => {
    const { upload } = await begin({ maxImageBytes: 10_000_000 });

    expect(await upload({ file: blob(png(10_000_001), 'image/png') })).toMatchObject(refused);
  });

  test.each([
    ['no kind', { kind: undefined }],
    ['kind video', { kind: 'video' }],
    ['an unknown model', { model: 'kling-9' }],
    ['an unknown field', { purpose: 'reference' }],
    ['a long client_request_id', { client_request_id: 'x'.repeat(129) }],
    ['no file', { file: undefined }],
    ['the file as text', { file: 'bytes' }],
    ['two files', { file2: blob(png(), 'image/png') }],
    ['an empty file', { file: blob(Buffer.alloc(0), 'image/png') }],
    ['a GIF', { file: blob(gif(), 'image/gif') }],
    ['a GIF that says it is a PNG', { file: blob(mislabeled().bytes, mislabeled().mimeType) }],
    ['a PNG that says it is a JPEG', { file: blob(png(), 'image/jpeg') }],
    ['bytes of no type', { file: blob(Buffer.from('<svg/>'), 'image/png') }],
  ])('with %s is refused', async (_, fields) => {
    const { rivya, upload } = await begin();

    expect(await upload(fields)).toMatchObject(refused);
    expect(rivya.files).toEqual([]);
    expect(rivya.violations).toHaveLength(1);
  });

  test('that is no form, or ends before its last boundary, is refused', async () => {
    const { rivya, post } = await begin();
    const cut = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG';

    expect(await post('/api/v1/files', '{}', { 'content-type': 'application/json' })).toMatchObject(refused);
    expect(await post('/api/v1/files', cut, { 'content-type': 'multipart/form-data; boundary=b' })).toMatchObject(
      refused,
    );
    expect(rivya.files).toEqual([]);
  });

  test('needs the key before its bytes count', async () => {
    const { rivya, upload } = await begin();
    rivya.revokeKey();

    expect((await upload({ file: blob(png(3_000_000), 'image/png') })).code).toBe('api_key_revoked');
  });
});
