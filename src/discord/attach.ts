import {
  type APIInteractionResponse,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  InteractionResponseType as Type,
} from 'discord.js';
import type { Log } from '#src/domain/log.ts';
import type { Opening } from '#src/domain/opening.ts';
import type { Model } from '#src/domain/parameters.ts';
import type { RawRequest } from '#src/domain/request.ts';
import type { Task } from '#src/domain/task.ts';
import { isUuid } from '#src/domain/uuid.ts';
import type { Answered } from './callback.ts';
import type { Call, Form, Press } from './calls.ts';
import { customId } from './custom-id.ts';
import { imagesModal, readImagesModal } from './images-modal.ts';
import { languageOf } from './languages.ts';
import { asPrivateAs } from './look-up.ts';
import { textBody } from './messages.ts';
import { refusalText } from './refusals.ts';
import { taskButtons } from './texts/task-buttons.ts';
import { within } from './within.ts';

type Ports = {
  readonly model: Model;
  readonly log: Log;
  newId(): string;
  lookUp(call: Call, taskId: string): Promise<Task | null>;
  saveOpening(opening: Opening): Promise<void>;
  findOpening(userId: string, id: string): Promise<Opening | null>;
  answerVideo(call: Call, raw: RawRequest, origin?: string): Promise<void>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** Behind what was looked up already; the answer is due in 3 s from the start of that. */
const patienceMs = 600;

/**
 * Asks for the images of an edited request. A modal cannot open another, so what was written waits in a row, and a private
 * message's button opens the modal for the files.
 */
export function makeAttach({ model, log, ...ports }: Ports) {
  async function askToAttach(form: Form, task: Task, request: Opening['request']): Promise<void> {
    const language = languageOf(form.locale);
    const id = ports.newId();
    const isSaved = await inTime(ports.saveOpening({ id, userId: form.userId, request }).then(() => true));
    if (isSaved === 'away') return sayAway(form);
    const text = taskButtons(language);
    const button = {
      type: ComponentType.Button,
      style: ButtonStyle.Primary,
      label: text.attachButton(),
      custom_id: customId('attach', id, task.id),
    };
    const data = {
      ...textBody(text.attachImages(), MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds),
      components: [{ type: ComponentType.ActionRow, components: [button] }],
    };
    await ports.callback(form, { type: Type.ChannelMessageWithSource, data: data as never });
  }

  /** The modal is the first answer; all checks come when it is sent. */
  async function openAttach(press: Press, openingId: string, taskId: string): Promise<void> {
    const data = imagesModal(model, customId('attach', openingId, taskId), languageOf(press.locale));
    await ports.callback(press, { type: Type.Modal, data });
  }

  async function sendAttached(form: Form, openingId: string, taskId: string): Promise<void> {
    const task = await ports.lookUp(form, taskId);
    if (task === null) return;
    const opening = isUuid(openingId) ? await inTime(ports.findOpening(form.userId, openingId)) : null;
    if (opening === 'away') return sayAway(form);
    const { prompt, settings } = opening?.request ?? {};
    if (settings === undefined) {
      return void (await ports.sayPrivately(form, taskButtons(languageOf(form.locale)).editGone()));
    }
    await ports.answerVideo(asPrivateAs(task, form), { prompt, settings, images: readImagesModal(form) });
  }

  async function inTime<T>(reading: Promise<T>): Promise<T | 'away'> {
    const read = reading.catch((error: unknown) => {
      log.warn({ err: error }, 'not read for an answer');
      return 'away' as const;
    });
    const outcome = await within(read, patienceMs);
    return outcome === 'slow' ? 'away' : outcome;
  }

  async function sayAway(call: Call): Promise<void> {
    await ports.sayPrivately(call, refusalText({ refused: 'away' }, model, languageOf(call.locale)));
  }

  return { askToAttach, openAttach, sendAttached };
}
