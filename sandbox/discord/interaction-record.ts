import type { Registered } from './commands.ts';
import type { JsonObject } from './json.ts';
import type { InteractionOrigin, Message } from './messages.ts';
import type { Upload } from './uploads.ts';
import { Watch } from './watch.ts';

export type Callback = {
  /** 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal. */
  readonly type: number;
  readonly data: JsonObject;
  /** From dispatch to answer. */
  readonly latencyMs: number;
  readonly at: number;
  readonly withResponse: boolean;
};

/** 2 command, 3 component, 4 autocomplete, 5 modal. */
export type InteractionKind = 2 | 3 | 4 | 5;

/** What Discord knows of one interaction. Its token is a reply's whole authority. */
export type InteractionRecord = {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  readonly userId: string;
  readonly guildId: string | undefined;
  readonly channelId: string;
  readonly commandName: string;
  readonly command: Registered | undefined;
  /** The message that a message command was used on. */
  readonly targetId: string | undefined;
  readonly sizeLimit: number;
  /** Follow-ups are limited where only the user has installed the bot. */
  readonly isUserInstallOnly: boolean;
  readonly deadlineAt: number;
  readonly dispatchedAt: number;
  /** The message whose component was clicked, or from which the modal came. */
  readonly source: Message | undefined;
  readonly payload: JsonObject;
  readonly watch: Watch;
  readonly followUps: Message[];
  expiresAt: number;
  callback: Callback | undefined;
  original: Message | undefined;
};

export type Place = Pick<
  InteractionRecord,
  'userId' | 'guildId' | 'channelId' | 'sizeLimit' | 'isUserInstallOnly' | 'commandName' | 'command' | 'targetId'
>;
export type Birth = Pick<
  InteractionRecord,
  'id' | 'token' | 'kind' | 'deadlineAt' | 'expiresAt' | 'source' | 'payload'
>;

export const newRecord = (place: Place, birth: Birth): InteractionRecord => ({
  ...place,
  ...birth,
  dispatchedAt: performance.now(),
  watch: new Watch(),
  followUps: [],
  callback: undefined,
  original: undefined,
});

/** What a message tells of the interaction that it answers. */
export const originOf = (record: InteractionRecord): InteractionOrigin => ({
  id: record.id,
  type: record.kind,
  userId: record.userId,
  commandName: record.commandName,
  commandType: record.command?.command.type ?? 1,
  targetId: record.kind === 2 ? record.targetId : undefined,
});

export type SentFile = {
  readonly id: string;
  readonly option: string;
  readonly upload: Upload;
  readonly json: JsonObject;
};
