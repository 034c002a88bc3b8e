import { type APIInteractionResponse, InteractionResponseType as Type } from 'discord.js';
import { countAtProvider } from '#src/app/images-again.ts';
import { isErased } from '#src/domain/history.ts';
import type { Model } from '#src/domain/parameters.ts';
import type { RawRequest } from '#src/domain/request.ts';
import type { Task } from '#src/domain/task.ts';
import { makeAgain } from './again.ts';
import type { Answered } from './callback.ts';
import type { Call, Form, Press } from './calls.ts';
import { customId } from './custom-id.ts';
import { imagesModal, readImagesModal } from './images-modal.ts';
import { languageOf } from './languages.ts';
import { asPrivateAs } from './look-up.ts';
import { readRequestModal, requestModal } from './request-modal.ts';
import { late } from './texts/late.ts';
import { taskButtons } from './texts/task-buttons.ts';
import { within } from './within.ts';

type Ports = {
  readonly model: Model;
  lookUp(call: Call, taskId: string): Promise<Task | null>;
  /** Null: they have to be asked for. */
  imagesAgain(task: Task): Promise<RawRequest['images'] | null>;
  /** Asks for the images of what was edited. */
  askToAttach(form: Form, task: Task, request: Omit<RawRequest, 'images'>): Promise<void>;
  answerVideo(call: Call, raw: RawRequest, origin?: string): Promise<void>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  againNear: Parameters<typeof makeAgain>[0]['againNear'];
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** `again`: once in 5 s and message. `retry`: once for ever, whoever asks and however often. */
export type How = 'again' | 'retry';
/** For a look at Discord, between that at the database and the answer, which is due in 3 s. */
const patienceMs = 700;

/**
 * Makes a new task of an earlier one: the same again, or edited. Its images are used as they lie at the provider, else as
 * their message shows them; else they are asked for.
 */
export function makeRemake({ model, imagesAgain, askToAttach, answerVideo, callback, againNear, ...ports }: Ports) {
  const { inTurn, againOrigin } = makeAgain({ againNear });

  function remake(press: Press, taskId: string, how: How): Promise<void> {
    const run = () => make(press, taskId, how);
    return how === 'again' ? inTurn(press, taskId, run) : run();
  }

  /** Null too where its prompt has been removed. */
  async function lookUpWhole(call: Call, taskId: string): Promise<Task | null> {
    const task = await ports.lookUp(call, taskId);
    if (task === null || !isErased(task)) return task;
    await ports.sayPrivately(call, late(languageOf(call.locale)).erased());
    return null;
  }

  async function make(press: Press, taskId: string, how: How): Promise<void> {
    const task = await lookUpWhole(press, taskId);
    if (task === null) return;
    const images = await imagesOf(task);
    if (images === null) return askForImages(press, task, how);
    const { prompt, settings } = task;
    const origin = how === 'retry' ? retryOrigin(task) : await againOrigin(press, task.id);
    await answerVideo(asPrivateAs(task, press), { prompt, settings, images }, origin);
  }

  /** The modal is the first answer, as Discord wants it; all checks come when it is sent. */
  async function openEdit(press: Press, taskId: string): Promise<void> {
    const task = await lookUpWhole(press, taskId);
    if (task === null) return;
    const language = languageOf(press.locale);
    const count = task.images.length;
    const isSure = countAtProvider(task) === count;
    const text = taskButtons(language);
    const shown = {
      customId: customId('edit', task.id),
      title: text.editTitle(),
      prompt: task.prompt,
      settings: task.settings,
      ...(count > 0 && { note: isSure ? text.imagesKept({ count }) : text.imagesUnsure() }),
    };
    await callback(press, { type: Type.Modal, data: requestModal(model, shown, language) });
  }

  async function sendEdit(form: Form, taskId: string): Promise<void> {
    const task = await lookUpWhole(form, taskId);
    if (task === null) return;
    const images = await imagesOf(task);
    const request = readRequestModal(form, model, task.settings);
    if (images === null) return askToAttach(form, task, request);
    await answerVideo(asPrivateAs(task, form), { ...request, images });
  }

  async function imagesOf(task: Task): Promise<RawRequest['images'] | null> {
    const images = await within(imagesAgain(task), patienceMs);
    return images === 'slow' ? null : images;
  }

  async function askForImages(press: Press, task: Task, how: How): Promise<void> {
    const data = imagesModal(model, customId('images', task.id, how), languageOf(press.locale));
    await callback(press, { type: Type.Modal, data });
  }

  async function sendImages(form: Form, taskId: string, how: string): Promise<void> {
    const task = await lookUpWhole(form, taskId);
    if (task === null) return;
    const { prompt, settings } = task;
    const origin = how === 'retry' ? retryOrigin(task) : form.id;
    await answerVideo(asPrivateAs(task, form), { prompt, settings, images: readImagesModal(form) }, origin);
  }

  return { remake, openEdit, sendEdit, sendImages };
}

const retryOrigin = ({ id }: Task) => `retry:${id}`;
