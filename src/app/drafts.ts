import { type Draft, type DraftImage, withSetting } from '#src/domain/draft.ts';
import type { Model, Settings } from '#src/domain/parameters.ts';
import { parseRequest } from '#src/domain/request.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import { isUuid } from '#src/domain/uuid.ts';
import type { Said } from './draft-message.ts';
import type { Asked, Outcome } from './request-video.ts';

/** Who pressed a component of a draft; the id is as it came. */
export type DraftPress = { readonly draftId: string; readonly userId: string };
export type GeneratePress = DraftPress & {
  readonly revision: number;
  readonly locale: string;
  readonly reply: Reply;
};

/**
 * What the pressed message is to show. `isChanged`: it says something else than what was pressed. `lost`: its request
 * never got through and was canceled. `ended`: nothing is known of it any more.
 */
export type DraftView =
  | { readonly draft: Draft; readonly isChanged?: boolean }
  | { readonly lost: Draft }
  | { readonly ended: true };
export type DraftRefusal = { readonly refused: 'not-yours' | 'outdated' | 'message-unknown' };
/** An acceptance that is not new: its video is on its way. */
export type Pressed = Outcome | DraftView | DraftRefusal;

type Ports = {
  readonly model: Model;
  readonly imageOrigin: string;
  isAway(): boolean;
  /** The failure lies with the connection and not with what was asked. */
  isConnectionFault(error: unknown): boolean;
  findDraft(id: string): Promise<Draft | null>;
  changeDraft(id: string, settings: Settings): Promise<Draft | null>;
  reviseDraft(draft: Draft, prompt: string, images: readonly DraftImage[]): Promise<Draft | null>;
  closeDraft(id: string, state: 'canceled' | 'withdrawn'): Promise<Draft | null>;
  taskOfDraft(draftId: string): Promise<Task | null>;
  /** The member's message as it is now, with links that work. */
  readMessage(channelId: string, messageId: string): Promise<Said | 'gone' | 'unknown'>;
  requestVideo(asked: Asked): Promise<Outcome>;
};

/** What a member does with a draft. Nothing is held or charged but by *Generate*, which makes one task ever. */
export function makeDrafts(ports: Ports) {
  const { model, imageOrigin, findDraft } = ports;

  /** A select or a toggle: sets one setting. */
  function change(press: DraftPress, key: string, value: string): Promise<Pressed> {
    return withOwn(press, async (draft) => {
      const settings = withSetting(model, draft.settings, key, value);
      if (settings === null) return { refused: 'outdated' };
      return shown((await ports.changeDraft(draft.id, settings)) ?? (await findDraft(draft.id)));
    });
  }

  function cancel(press: DraftPress): Promise<Pressed> {
    return withOwn(press, async ({ id }) => {
      return shown((await ports.closeDraft(id, 'canceled')) ?? (await findDraft(id)));
    });
  }

  /** Makes just the video that the pressed message showed; what has changed since is shown first. */
  async function generate(press: GeneratePress): Promise<Pressed> {
    const ready = await withOwn(press, (draft) => prepare(draft, press));
    if (!('asked' in ready)) return ready;
    const outcome = await ports.requestVideo(ready.asked);
    if ('accepted' in outcome && !outcome.isNew) return standing(outcome.accepted, ready.of);
    const isOver = 'refused' in outcome && outcome.refused === 'draft-changed';
    return isOver ? withOwn(press, async (draft) => ({ draft, isChanged: true })) : outcome;
  }

  /** What to ask for; or, where that is not what was pressed, what to show instead. */
  async function prepare(
    draft: Draft,
    { revision, userId, locale, reply }: GeneratePress,
  ): Promise<Pressed | { readonly asked: Asked; readonly of: Draft }> {
    if (draft.revision !== revision) return { draft, isChanged: true };
    const said = await ports.readMessage(draft.channelId, draft.messageId);
    if (said === 'unknown') return { refused: 'message-unknown' };
    if (said === 'gone') return shown((await ports.closeDraft(draft.id, 'withdrawn')) ?? (await findDraft(draft.id)));

    const { text: prompt, files: images } = said;
    const raw = { prompt, settings: draft.settings, images };
    const request = parseRequest(model, raw, imageOrigin);
    if ('refused' in request) return request;
    if (request.prompt !== draft.prompt || !isSame(images, draft.images)) {
      const kept = images.map(({ id, name }) => ({ id, name }));
      const revised = await ports.reviseDraft(draft, request.prompt, kept);
      return { ...shown(revised ?? (await findDraft(draft.id))), isChanged: true };
    }
    const mark = { id: draft.id, revision };
    const origin = `draft:${draft.id}`;
    // Drafts are in DMs.
    const asked: Asked = { origin, userId, locale, roles: [], isAgeRestricted: false, raw, reply, draft: mark };
    return { asked, of: draft };
  }

  /** Runs what needs an open draft of the member's own; of one that has ended, gives what is left to show. */
  async function withOwn<T>({ draftId, userId }: DraftPress, act: (draft: Draft) => Promise<T>): Promise<T | Pressed> {
    if (ports.isAway()) return { refused: 'away' };
    try {
      const draft = isUuid(draftId) ? await findDraft(draftId) : null;
      if (draft === null) return { ended: true };
      if (draft.userId !== userId) return { refused: 'not-yours' };
      if (draft.state === 'open') return await act(draft);
      const task = draft.state === 'generated' ? await ports.taskOfDraft(draft.id) : null;
      return task === null ? { draft } : standing(task, draft);
    } catch (error) {
      // Nothing was asked for yet: that comes after this.
      if (!ports.isConnectionFault(error)) throw error;
      return { refused: 'away' };
    }
  }

  return { change, cancel, generate };
}

function shown(draft: Draft | null): DraftView {
  return draft === null ? { ended: true } : { draft };
}

/** What became of the one task of a draft. It was canceled if nobody could be told of it. */
function standing(task: Task, draft: Draft): Pressed {
  return task.status === 'canceled' ? { lost: draft } : { accepted: task, isNew: false };
}

function isSame(files: readonly { readonly id: string }[], images: readonly DraftImage[]): boolean {
  return files.length === images.length && files.every(({ id }, index) => id === images[index]?.id);
}
