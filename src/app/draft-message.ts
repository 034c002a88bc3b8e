import { type Draft, defaultSettings, type Quote, type Told } from '#src/domain/draft.ts';
import type { OfferedImage } from '#src/domain/images.ts';
import type { Model, Settings } from '#src/domain/parameters.ts';
import { parseRequest } from '#src/domain/request.ts';
import type { Asker, RuleRefusal } from '#src/domain/rules.ts';
import type { Access, AccessRefusal } from './access.ts';

export type SentFile = OfferedImage & { readonly id: string };
/** A plain message of a member to the bot. */
export type Said = {
  readonly id: string;
  readonly userId: string;
  readonly channelId: string;
  readonly text: string;
  readonly wantsHelp: boolean;
  readonly files: readonly SentFile[];
};

type Content = Pick<Draft, 'prompt' | 'settings' | 'images' | 'hasAllowance' | 'told'>;
export type NewDraft = Content & Pick<Draft, 'id' | 'userId' | 'channelId' | 'messageId'>;
export type Opened = { readonly draft: Draft; readonly replaced: Draft | null };

type Ports = {
  readonly model: Model;
  /** Where attachments must lie. */
  readonly imageOrigin: string;
  newId(): string;
  access(userId: string, guildId: string | null): Promise<Access | AccessRefusal>;
  quote(asker: Asker, model: Model, settings: Settings): Promise<Quote | RuleRefusal>;
  /** Null: the message has no (further) answer. */
  openDraft(fresh: NewDraft): Promise<Opened | null>;
  showDraft(draft: Draft): Promise<void>;
  /** One that may be shown by others too. */
  showClosed(draftId: string): Promise<void>;
};

/** Answers a message to the bot: with a draft, with help, or with why there is none. The row comes first. */
export function makeAnswerMessage(ports: Ports) {
  const { model, imageOrigin, newId, access, quote, openDraft, showDraft, showClosed } = ports;

  return async function answerMessage(said: Said): Promise<void> {
    const { id: messageId, userId, channelId } = said;
    const opened = await openDraft({ id: newId(), messageId, userId, channelId, ...(await read(said)) });
    if (opened === null) return;
    const { draft, replaced } = opened;
    await Promise.all([showDraft(draft), replaced === null ? null : showClosed(replaced.id)]);
  };

  async function read({ userId, text, wantsHelp, files }: Said): Promise<Content> {
    if (wantsHelp || text.trim() === '') return only({ help: true });
    const settings = defaultSettings(model);
    const request = parseRequest(model, { prompt: text, settings, images: files }, imageOrigin);
    if ('refused' in request) return only(request);
    const allowed = await access(userId, null);
    if ('refused' in allowed) return only(allowed);
    const { hasAllowance } = allowed;
    // What forbids asking at all is said now, and not after a draft was filled in.
    const figures = await quote({ userId, guildId: null, roles: [], hasAllowance }, model, settings);
    if ('refused' in figures) return only(figures);
    const images = files.map(({ id, name }) => ({ id, name }));
    return { prompt: request.prompt, settings, images, hasAllowance, told: null };
  }
}

function only(told: Told): Content {
  return { prompt: '', settings: {}, images: [], hasAllowance: false, told };
}
