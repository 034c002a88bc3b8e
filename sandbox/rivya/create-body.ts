import { invalid } from './answer.ts';
import { kling } from './kling.ts';
import type { CreateBody, ReferenceItem, RivyaFile } from './types.ts';

type FindFile = (url: string) => RivyaFile | undefined;
type Json = Readonly<Record<string, unknown>>;

const topLevel = ['model', 'prompt', 'params', 'client_request_id'];
const itemFields = ['url', 'kind', 'name', 'mimeType', 'durationSeconds', 'durationToken'];
const maxClientRequestId = 128;

/** Checks a create request field by field; throws a `validation_failed` that names the first bad one. */
export function readCreateBody(raw: Buffer, findFile: FindFile): CreateBody {
  const body = objectAt('body', parse(raw));
  only('body', body, topLevel);
  if (body.model !== kling.id) throw invalid(`model: ${JSON.stringify(body.model)} cannot be called`);
  const params = body.params === undefined ? {} : objectAt('params', body.params);
  only('params', params, [...Object.keys(kling.options), 'referenceMediaItems']);

  return {
    model: kling.id,
    prompt: readPrompt(body.prompt),
    params: readOptions(params),
    references: readReferences(params.referenceMediaItems, findFile),
    clientRequestId: readClientRequestId(body.client_request_id),
  };
}

export function readClientRequestId(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const id = stringAt('client_request_id', value);
  if (id.length > maxClientRequestId) throw invalid(`client_request_id: over ${maxClientRequestId} characters`);
  return id;
}

function parse(raw: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw));
  } catch {
    throw invalid('body: not JSON in UTF-8');
  }
}

function readPrompt(value: unknown): string {
  const prompt = stringAt('prompt', value);
  if (prompt.trim() === '') throw invalid('prompt: empty');
  if (prompt.length > kling.promptLimit) throw invalid(`prompt: over ${kling.promptLimit} characters`);
  if (!prompt.isWellFormed()) throw invalid('prompt: half a surrogate pair');
  return prompt;
}

function readOptions(params: Json): Record<string, string> {
  const options: Readonly<Record<string, readonly string[]>> = kling.options;
  const sent = Object.entries(params).filter(([key]) => key !== 'referenceMediaItems');
  return Object.fromEntries(
    sent.map(([key, value]) => {
      const option = stringAt(`params.${key}`, value);
      if (options[key]?.includes(option) !== true) throw invalid(`params.${key}: no such option ${option}`);
      return [key, option];
    }),
  );
}

function readReferences(value: unknown, findFile: FindFile): ReferenceItem[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid('params.referenceMediaItems: not an array');
  if (value.length > kling.maxReferences) throw invalid(`params.referenceMediaItems: over ${kling.maxReferences}`);
  return value.map((item: unknown, i) => readReference(`params.referenceMediaItems[${i}]`, item, findFile));
}

function readReference(at: string, value: unknown, findFile: FindFile): ReferenceItem {
  const item = objectAt(at, value);
  only(at, item, itemFields);
  const url = stringAt(`${at}.url`, item.url);
  const file = findFile(url);
  if (file === undefined) throw invalid(`${at}.url: not from this account's files`);
  if (item.kind !== 'image' || file.kind !== 'image') throw invalid(`${at}.kind: only image`);
  if (item.durationSeconds !== undefined) throw invalid(`${at}.durationSeconds: an image has none`);
  if (item.mimeType !== undefined && item.mimeType !== file.mime)
    throw invalid(`${at}.mimeType: the file is ${file.mime}`);
  if (item.durationToken !== file.durationToken) throw invalid(`${at}.durationToken: not the file's duration_token`);
  return {
    url,
    kind: 'image',
    ...(item.name !== undefined && { name: stringAt(`${at}.name`, item.name) }),
    ...(item.mimeType !== undefined && { mimeType: file.mime }),
    ...(file.durationToken !== undefined && { durationToken: file.durationToken }),
  };
}

function objectAt(at: string, value: unknown): Json {
  if (!isObject(value)) throw invalid(`${at}: not an object`);
  return value;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function stringAt(at: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(`${at}: not a string`);
  if (value === '') throw invalid(`${at}: empty`);
  return value;
}

function only(at: string, value: Json, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw invalid(`${at}: unknown field ${unknown}`);
}
