import { type APIInteractionResponse, InteractionResponseType as Type } from 'discord.js';
import type { OwnTask } from '#src/app/own-task.ts';
import type { Language, Model } from '#src/domain/parameters.ts';
import { type RawRequest, requestOf } from '#src/domain/request.ts';
import type { Task } from '#src/domain/task.ts';
import type { Answered } from './callback.ts';
import type { Call, Form, Press } from './calls.ts';
import { customId } from './custom-id.ts';
import { imagesModal, readImagesModal } from './images-modal.ts';
import { createdAt } from './interaction.ts';
import { languageOf } from './languages.ts';
import { refusalText } from './refusals.ts';
import { readRequestModal, requestModal } from './request-modal.ts';
import { late } from './texts/late.ts';
import { taskButtons } from './texts/task-buttons.ts';
import { within } from './within.ts';

type Ports = {
  readonly model: Model;
  ownTask(userId: string, taskId: string): Promise<OwnTask>;
  answerVideo(call: Call, raw: RawRequest, origin?: string): Promise<void>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** `again`: once in 5 s and message. `retry`: once for ever, whoever asks and however often. */
export type How = 'again' | 'retry';
const againMs = 5_000;
/** The task is looked up before the answer, which is due in 3 s. */
const patienceMs = 1_500;

/** Makes a new task of an earlier one: the same again, or edited. Its images are used as they lie at the provider. */
export function makeRemake({ model, ownTask, answerVideo, callback, sayPrivately }: Ports) {
  async function remake(press: Press, taskId: string, how: How): Promise<void> {
    const task = await lookUp(press, taskId);
    if (task === null) return;
    const raw = task.errorCode === 'images_refused' ? null : requestOf(task);
    if (raw === null) return askForImages(press, task, how);
    await answerVideo(asPrivateAs(task, press), raw, originOf(press, task, how));
  }

  /** The modal is the first answer, as Discord wants it; all checks come when it is sent. */
  async function openEdit(press: Press, taskId: string): Promise<void> {
    const task = await lookUp(press, taskId);
    if (task === null) return;
    const language = languageOf(press.locale);
    const count = task.images.filter(({ uploaded }) => uploaded !== undefined).length;
    const text = taskButtons(language);
    const shown = {
      customId: customId('edit', task.id),
      title: text.editTitle(),
      prompt: task.prompt,
      settings: task.settings,
      ...(count > 0 && { note: text.imagesKept({ count }) }),
    };
    await callback(press, { type: Type.Modal, data: requestModal(model, shown, language) });
  }

  async function sendEdit(form: Form, taskId: string): Promise<void> {
    const task = await lookUp(form, taskId);
    if (task === null) return;
    const images = requestOf(task)?.images ?? [];
    await answerVideo(asPrivateAs(task, form), { ...readRequestModal(form, model, task.settings), images });
  }

  async function askForImages(press: Press, task: Task, how: How): Promise<void> {
    const data = imagesModal(model, customId('images', task.id, how), languageOf(press.locale));
    await callback(press, { type: Type.Modal, data });
  }

  async function sendImages(form: Form, taskId: string, how: string): Promise<void> {
    const task = await lookUp(form, taskId);
    if (task === null) return;
    const { prompt, settings } = task;
    const origin = how === 'retry' ? originOf(form, task, 'retry') : form.id;
    await answerVideo(asPrivateAs(task, form), { prompt, settings, images: readImagesModal(form) }, origin);
  }

  async function lookUp(call: Call, taskId: string): Promise<Task | null> {
    const found = await within(ownTask(call.userId, taskId), patienceMs);
    if (typeof found === 'object' && 'task' in found) return found.task;
    await sayPrivately(call, whyNot(found, languageOf(call.locale)));
    return null;
  }

  function whyNot(found: { readonly refused: 'unknown' | 'stranger' } | 'slow', language: Language): string {
    return found === 'slow' ? refusalText({ refused: 'away' }, model, language) : late(language)[found.refused]();
  }

  return { remake, openEdit, sendEdit, sendImages };
}

/** The list that it was pressed in is private always; what comes of it is so only where the earlier video was. */
function asPrivateAs<C extends Call>({ reply }: Task, call: C): C {
  return { ...call, reply: { ...call.reply, isPrivate: reply.isPrivate } };
}

function originOf(call: Call, { id }: Task, how: How): string {
  if (how === 'retry') return `retry:${id}`;
  return `again:${id}:${call.userId}:${Math.floor(createdAt(call.id).getTime() / againMs)}`;
}
