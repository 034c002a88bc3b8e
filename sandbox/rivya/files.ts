import { randomBytes } from 'node:crypto';
import { type Answer, Refusal } from './answer.ts';
import type { Call } from './server.ts';
import type { RivyaFile, Settings } from './types.ts';
import { readUpload } from './upload.ts';

/** The account's uploads. Their bytes are not kept. */
export class Files {
  readonly all: RivyaFile[] = [];
  readonly #byUrl = new Map<string, RivyaFile>();
  readonly #settings: Settings;
  readonly #origin: () => string;

  constructor(settings: Settings, origin: () => string) {
    this.#settings = settings;
    this.#origin = origin;
  }

  byUrl(url: string): RivyaFile | undefined {
    return this.#byUrl.get(url);
  }

  async upload({ request }: Call): Promise<Answer> {
    const { maxImageBytes, durationToken, uploadStatus } = this.#settings;
    const uploaded = await readUpload(request, maxImageBytes);
    const id = `file_${randomBytes(12).toString('base64url')}`;
    const url = `${this.#origin()}/files/${id}/${encodeURIComponent(uploaded.name)}`;
    const file: RivyaFile = { ...uploaded, id, url, durationToken, createdAt: Date.now() };
    this.all.push(file);
    this.#byUrl.set(url, file);
    return { status: uploadStatus, body: this.#present(file) };
  }

  read(id: string): Answer {
    const file = this.all.find((one) => one.id === id);
    if (file === undefined) throw new Refusal('not_found', 'No such file.');
    return { status: 200, body: this.#present(file) };
  }

  // Beyond `url`, the id and `duration_token` the field names are not documented.
  #present({ id, kind, name, mime, size, url, durationToken, createdAt }: RivyaFile): unknown {
    const fields = {
      id,
      object: 'file',
      kind,
      name,
      mime_type: mime,
      size_bytes: size,
      url,
      duration_token: durationToken,
      created_at: new Date(createdAt).toISOString(),
    };
    const { uploadShape } = this.#settings;
    return uploadShape === 'top' ? fields : { [uploadShape]: fields };
  }
}
