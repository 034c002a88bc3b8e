import { createBody } from '#src/domain/create-body.ts';
import type { Model } from '#src/domain/parameters.ts';
import { parseRequest, type RawRequest, type RequestRefusal } from '#src/domain/request.ts';
import { limits } from '#src/domain/schedule.ts';
import type { Reply } from '#src/domain/task.ts';
import type { DraftMark, Wish } from '#src/domain/wish.ts';
import type { Acceptance } from './accept.ts';
import type { Access, AccessRefusal } from './access.ts';
import type { Standing } from './account.ts';

export type Asked = {
  readonly origin: string;
  readonly userId: string;
  readonly locale: string;
  /** The member's roles in the server; none elsewhere. */
  readonly roles: readonly string[];
  /** Asked in a channel that Discord shows to adults alone, as far as Discord said. */
  readonly isAgeRestricted: boolean;
  readonly raw: RawRequest;
  readonly reply: Reply;
  /** The draft that it comes from, and what was seen of it. */
  readonly draft?: DraftMark;
};
/** The provider would make nothing now, so nothing is accepted. */
export type AccountRefusal = { readonly refused: Exclude<Standing, 'ready'> };
/** Rules of the operators about what is made, and where. */
export type ModerationRefusal = { readonly refused: 'forbidden-prompt' | 'not-age-restricted' };
export type Outcome = Acceptance | RequestRefusal | AccessRefusal | AccountRefusal | ModerationRefusal;

type Ports = {
  readonly model: Model;
  /** Where attachments must lie. */
  readonly imageOrigin: string;
  newId(): string;
  /** As last known: it must not cost an answer any time. */
  standing(): Standing;
  /** The operators do not let prompts say this. */
  forbids(prompt: string): boolean;
  /** Videos are made in age-restricted channels alone. */
  readonly ageRestrictedOnly: boolean;
  access(userId: string, guildId: string | null): Promise<Access | AccessRefusal>;
  accept(wish: Wish, until: Date): Promise<Acceptance>;
};

/** From a command to a task: checks it, then who asks, then credits and limits. Throws only on faults. */
export function makeRequestVideo({ model, imageOrigin, newId, standing, access, accept, ...rules }: Ports) {
  return async function requestVideo({ raw, isAgeRestricted, ...asked }: Asked): Promise<Outcome> {
    const request = parseRequest(model, raw, imageOrigin);
    if ('refused' in request) return request;
    const allowed = await access(asked.userId, asked.reply.guildId);
    if ('refused' in allowed) return allowed;
    if (rules.ageRestrictedOnly && !isAgeRestricted) return { refused: 'not-age-restricted' };
    if (rules.forbids(request.prompt)) return { refused: 'forbidden-prompt' };
    const account = standing();
    if (account !== 'ready') return { refused: account };

    const id = newId();
    const ready = request.images.flatMap((image) => ('uploaded' in image ? [image.uploaded] : []));
    const isReady = ready.length === request.images.length;
    const body = isReady ? createBody(model, { id, ...request }, ready) : null;
    const { hasAllowance } = allowed;
    const wish = { id, ...asked, request, baseCredits: model.baseCredits, hasAllowance, body };
    // While the token still lives, so that what became of it can be said.
    return accept(wish, new Date(asked.reply.tokenExpiresAt.getTime() - limits.tokenMarginMs));
  };
}
