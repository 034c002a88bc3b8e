import type { Cdn } from './cdn.ts';
import type { Draft } from './checks/message.ts';
import { type FormProblem, invalidForm, refusal } from './refusal.ts';
import type { NewId } from './snowflake.ts';
import type { Upload } from './uploads.ts';

export type Attachment = {
  readonly id: string;
  readonly filename: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly isSpoiler: boolean;
  readonly isEphemeral: boolean;
  readonly url: string;
  readonly upload: Upload;
};

export type Placing = {
  current: readonly Attachment[];
  wanted: Draft['attachments'];
  files: ReadonlyMap<number, Upload>;
  isEphemeral: boolean;
  channelId: string;
  cdn: Cdn;
  newId: NewId;
};

type Wanted = NonNullable<Draft['attachments']>[number];

const MAX_ATTACHMENTS = 10;

/**
 * The attachments after this request. Without an array, uploads are added to what is there; with one, it lists what
 * stays and what of the uploads is taken: the rest is dropped (API v10).
 */
export function placeAttachments(placing: Placing): Attachment[] {
  const { current, wanted, files } = placing;
  if (wanted === undefined || wanted === null) {
    return limited([
      ...current,
      ...files.entries().map(([index, file]) => place(placing, file, { id: String(index) })),
    ]);
  }
  const problems: FormProblem[] = [];
  const placed = wanted.flatMap((one, index) => {
    const problem = (code: string, message: string) =>
      problems.push({ path: ['attachments', index, 'id'], code, message });
    if (wanted.findIndex(({ id }) => id === one.id) < index) problem('ATTACHMENT_DUPLICATED', 'Listed twice.');
    const kept = current.find(({ id }) => id === one.id);
    if (kept !== undefined) return [retouch(kept, one)];
    const file = files.get(Number(one.id));
    if (file !== undefined) return [place(placing, file, one)];
    problem('ATTACHMENT_NOT_FOUND', 'Neither an upload of this request nor an attachment of the message.');
    return [];
  });
  if (problems.length > 0) throw invalidForm(problems);
  return limited(placed);
}

function limited(attachments: Attachment[]): Attachment[] {
  if (attachments.length > MAX_ATTACHMENTS) throw refusal('tooManyAttachments');
  return attachments;
}

function place({ cdn, channelId, newId, isEphemeral }: Placing, upload: Upload, wanted: Wanted): Attachment {
  const id = newId();
  const filename = cleanName(wanted.filename ?? upload.name);
  const url = cdn.putResult(channelId, id, {
    ...upload,
    name: filename,
    contentType: typeByName(filename) ?? upload.contentType,
  });
  return {
    id,
    filename,
    title: wanted.title ?? undefined,
    description: wanted.description ?? undefined,
    isSpoiler: wanted.is_spoiler ?? false,
    isEphemeral,
    url,
    upload,
  };
}

const retouch = (kept: Attachment, { title, description }: Wanted): Attachment => ({
  ...kept,
  title: title === undefined ? kept.title : (title ?? undefined),
  description: description === undefined ? kept.description : (description ?? undefined),
});

/** Discord keeps letters, digits, dot, dash and underscore of a file name. */
const cleanName = (name: string): string => name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_');

/** `content_type` follows the name, never the bytes. */
export const typeByName = (name: string): string | undefined => types.get(name.toLowerCase().split('.').at(-1) ?? '');

const types = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['jfif', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['avif', 'image/avif'],
  ['heic', 'image/heic'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['webm', 'video/webm'],
  ['txt', 'text/plain; charset=utf-8'],
  ['json', 'application/json; charset=utf-8'],
  ['csv', 'text/csv; charset=utf-8'],
]);
