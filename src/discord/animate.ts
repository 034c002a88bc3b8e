import { type APIInteractionResponse, InteractionResponseType as Type } from 'discord.js';
import { imageFault } from '#src/domain/images.ts';
import type { Log } from '#src/domain/log.ts';
import type { Opening } from '#src/domain/opening.ts';
import type { Model } from '#src/domain/parameters.ts';
import type { RawRequest } from '#src/domain/request.ts';
import { stillImages } from '#src/domain/still-images.ts';
import { isUuid } from '#src/domain/uuid.ts';
import type { Answered } from './callback.ts';
import type { Call, Form, MessageCall } from './calls.ts';
import { customId } from './custom-id.ts';
import { languageOf } from './languages.ts';
import { refusalText } from './refusals.ts';
import { readRequestModal, requestModal } from './request-modal.ts';
import { animateTexts } from './texts/animate.ts';
import { readInTime } from './within.ts';

type Ports = {
  readonly model: Model;
  /** Where attachments must lie. */
  readonly imageOrigin: string;
  /** Discord's proxies for pictures of other sites. */
  readonly mediaHosts: readonly string[];
  readonly log: Log;
  newId(): string;
  saveOpening(opening: Opening): Promise<void>;
  findOpening(userId: string, id: string): Promise<Opening | null>;
  answerVideo(call: Call, raw: RawRequest, origin?: string): Promise<void>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/**
 * A video from the images of a message. The modal cannot carry them, and where the bot is no member the message cannot be
 * read again: so they lie in a row before the modal opens, and whoever sends it finds them from any process.
 */
export function makeAnimate({ model, imageOrigin, mediaHosts, log, ...ports }: Ports) {
  async function openAnimate(call: MessageCall): Promise<void> {
    const language = languageOf(call.locale);
    const text = animateTexts(language);
    const found = stillImages(model, call.pictures, mediaHosts);
    if (found.length === 0) return void (await ports.sayPrivately(call, text.none()));
    const images = found.slice(0, model.images.slots.length);
    for (const image of images) {
      const rule = imageFault(model, image, imageOrigin);
      if (rule === undefined) continue;
      const refusal = { refused: 'image', image: image.name, rule } as const;
      return void (await ports.sayPrivately(call, refusalText(refusal, model, language)));
    }

    const id = ports.newId();
    const saved = await readInTime(ports.saveOpening({ id, userId: call.userId, request: { images } }), log);
    if (saved === 'away') return sayAway(call);
    const counts = { count: images.length, all: found.length };
    const shown = {
      customId: customId('animate', id),
      title: text.formTitle(),
      prompt: '',
      settings: {},
      note: counts.count < counts.all ? text.withFirst(counts) : text.withAll({ count: counts.count }),
    };
    await ports.callback(call, { type: Type.Modal, data: requestModal(model, shown, language) });
  }

  async function sendAnimate(form: Form, openingId: string): Promise<void> {
    const read = isUuid(openingId) ? ports.findOpening(form.userId, openingId) : Promise.resolve(null);
    const opening = await readInTime(read, log);
    if (opening === 'away') return sayAway(form);
    const images = opening?.request.images;
    if (images === undefined) {
      return void (await ports.sayPrivately(form, animateTexts(languageOf(form.locale)).gone()));
    }
    await ports.answerVideo(form, { ...readRequestModal(form, model, {}), images });
  }

  async function sayAway(call: Call): Promise<void> {
    await ports.sayPrivately(call, refusalText({ refused: 'away' }, model, languageOf(call.locale)));
  }

  return { openAnimate, sendAnimate };
}
