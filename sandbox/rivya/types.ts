export type ReferenceItem = {
  readonly url: string;
  readonly kind: 'image';
  readonly name?: string;
  readonly mimeType?: string;
  readonly durationToken?: string;
};
/** A create request that passed every check. `params` holds what was sent, without defaults. */
export type CreateBody = {
  readonly model: string;
  readonly prompt: string;
  readonly params: Readonly<Record<string, string>>;
  readonly references: readonly ReferenceItem[];
  readonly clientRequestId: string | undefined;
};

export type RivyaFile = {
  readonly id: string;
  readonly kind: string;
  readonly model: string | undefined;
  readonly clientRequestId: string | undefined;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
  readonly sha256: string;
  readonly url: string;
  readonly durationToken: string | undefined;
  readonly createdAt: number;
};

export type TaskStatus = 'queued' | 'processing' | 'succeeded' | 'failed';
/** Times are milliseconds since 1970. */
export type RivyaTask = {
  readonly id: string;
  readonly idempotencyKey: string | undefined;
  readonly clientRequestId: string | undefined;
  readonly body: CreateBody;
  /** The create request's body, byte for byte. */
  readonly rawBody: Buffer;
  /** Ids of the uploaded files it refers to, in order. */
  readonly files: readonly string[];
  readonly reserved: number;
  readonly createdAt: number;
  readonly status: TaskStatus;
  readonly doneAt: number | undefined;
  /** Credits taken for good; undefined while open. */
  readonly charged: number | undefined;
  /** Status requests that reached the stand-in and were not lost to a fault on the way in. */
  readonly statusReads: number;
};

export type LoggedRequest = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly at: number;
  /** undefined: still under way; 0: the connection ended without an answer. */
  readonly status: number | undefined;
};
export type Download = {
  readonly taskId: string;
  readonly at: number;
  readonly status: number;
  /** Handed to the connection; less may have arrived. */
  readonly bytes: number;
  /** False while under way, and for good if it was cut. */
  readonly complete: boolean;
};

export type FinalCredits = 'reserved' | number | undefined | ((task: RivyaTask) => number | undefined);
/** May be changed while it runs; a change counts for what comes after it. */
export type Settings = {
  /** From create to success. */
  renderMs: number | ((body: CreateBody) => number);
  /** `manual`: tasks stay open until `finish` or `fail`. */
  render: 'auto' | 'manual';
  reserve: number | ((body: CreateBody) => number);
  /** `final_credits` of a success; undefined leaves the field out (and the reservation is charged). */
  finalCredits: FinalCredits;
  /** Two status requests for one open task may not be closer. */
  minPollMs: number;
  /** Success statuses are not documented: any 2xx. */
  createStatus: number;
  uploadStatus: number;
  /** Where an upload's answer has its fields: at the top, or under this name. */
  uploadShape: 'top' | 'file' | 'data';
  /** Given with every upload as `duration_token`, and then expected back. */
  durationToken: string | undefined;
  /** Whether MB is 10^6 or 2^20 bytes is not documented. */
  maxImageBytes: number;
};

export type FinishOutcome = {
  /** Instead of the stand-in's own result. `[]` succeeds without a URL; null has `result: null`. */
  readonly urls?: readonly string[] | null;
  readonly finalCredits?: number | undefined;
};
export type FailOutcome = { readonly code?: string; readonly message?: string; readonly finalCredits?: number };

/** What result downloads serve. The default is a film of the task's aspect ratio. */
export type ResultSetup = {
  readonly bytes?: Uint8Array;
  /** A whole mp4 of exactly this many bytes. */
  readonly size?: number;
  readonly contentType?: string;
  /** Cuts after so many bytes, with the length of the whole file announced. */
  readonly truncateAt?: number;
  /** Sends so many bytes (true: none), then nothing more, and stays open. */
  readonly stall?: true | number;
  readonly status?: number;
  /** No Content-Length: true is chunked; `close` ends with the connection, so that a cut looks like an end. */
  readonly noLength?: true | 'close';
  readonly redirectTo?: string;
  /** The result's URLs, instead of or made from its own. */
  readonly urls?: readonly string[] | ((own: string) => readonly string[]);
};
