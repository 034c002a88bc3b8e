import {
  type APIInteractionResponse,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  InteractionResponseType as Type,
} from 'discord.js';
import { isTaskId } from '#src/app/own-task.ts';
import { type Cursor, canBeShown, isErased, type Page } from '#src/domain/history.ts';
import type { Log } from '#src/domain/log.ts';
import type { Language, Model } from '#src/domain/parameters.ts';
import { summary } from '#src/domain/settings.ts';
import type { Status, Task } from '#src/domain/task.ts';
import type { Answered } from './callback.ts';
import type { Call, Press } from './calls.ts';
import { customId } from './custom-id.ts';
import { languageOf } from './languages.ts';
import { type Body, buttonRow, textBody } from './messages.ts';
import { cut, plain, relative } from './text.ts';
import { answers } from './texts/answers.ts';
import { historyTexts } from './texts/history.ts';
import { outcomes } from './texts/outcomes.ts';
import { readInTime } from './within.ts';
import type { Action } from './wording.ts';

type Ports = {
  readonly model: Model;
  readonly log: Log;
  readPage(userId: string, cursor: Cursor): Promise<Page>;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** A member's tasks, for them alone. All that a page has to know is in its custom ids; what they name is looked up. */
export function makeHistory({ model, log, readPage, callback, sayPrivately }: Ports) {
  async function openHistory(call: Call): Promise<void> {
    await show(call, { way: 'newest' });
  }

  async function turnHistory(press: Press, way: string, taskId: string): Promise<void> {
    const isKnown = (way === 'older' || way === 'newer') && isTaskId(taskId);
    await show(press, isKnown ? { way, taskId } : { way: 'newest' });
  }

  /** The same page, with what can be done about one of its tasks. */
  async function chooseInHistory(press: Press, firstId: string): Promise<void> {
    await show(press, isTaskId(firstId) ? { way: 'from', taskId: firstId } : { way: 'newest' }, press.values[0]);
  }

  async function show(call: Call, cursor: Cursor, chosen?: string): Promise<void> {
    const language = languageOf(call.locale);
    const page = await readInTime(readPage(call.userId, cursor), log);
    if (page === 'away') return void (await sayPrivately(call, answers(language).recordsAway()));
    const body = pageBody(page, { model, locale: call.locale }, chosen);
    if (call.kind === 'press') return void (await callback(call, { type: Type.UpdateMessage, data: body as never }));
    const data = { ...body, flags: body.flags | MessageFlags.Ephemeral };
    await callback(call, { type: Type.ChannelMessageWithSource, data: data as never });
  }

  return { openHistory, turnHistory, chooseInHistory };
}

type Reader = { readonly model: Model; readonly locale: string };

export function pageBody({ tasks, hasNewer, hasOlder }: Page, { model, locale }: Reader, chosen?: string): Body {
  const language = languageOf(locale);
  const text = historyTexts(language);
  const [first] = tasks;
  const last = tasks.at(-1);
  if (first === undefined || last === undefined) return textBody(text.none());
  const options = tasks.map(({ id, prompt, settings }) => ({
    label: cut(oneLine(prompt), 100) || text.removed(),
    description: cut(summary(model, settings, language), 100),
    value: id,
    default: id === chosen,
  }));
  const select = {
    type: ComponentType.StringSelect,
    custom_id: customId('choose', first.id),
    placeholder: text.choosePlaceholder(),
    options,
  };
  const task = tasks.find(({ id }) => id === chosen);
  return {
    ...textBody([`**${text.title()}**`, ...tasks.map((one) => entryText(one, model, language))].join('\n')),
    components: [
      { type: ComponentType.ActionRow, components: [select] },
      ...(task === undefined || isErased(task) ? [] : [buttonRow({ id: task.id, locale }, actionsOf(task))]),
      ...(hasNewer || hasOlder ? [turns(first, last, { hasNewer, hasOlder }, language)] : []),
    ],
  };
}

function turns(first: Task, last: Task, has: Pick<Page, 'hasNewer' | 'hasOlder'>, language: Language): object {
  const text = historyTexts(language);
  const button = (label: string, id: string, isThere: boolean) => ({
    ...{ type: ComponentType.Button, style: ButtonStyle.Secondary, label, custom_id: id },
    disabled: !isThere,
  });
  return {
    type: ComponentType.ActionRow,
    components: [
      button(text.newerButton(), customId('turn', 'newer', first.id), has.hasNewer),
      button(text.olderButton(), customId('turn', 'older', last.id), has.hasOlder),
    ],
  };
}

/** Undelivered, it is delivered again as any outcome is; and whatever has a video can be shown once more. */
function actionsOf(task: Task): Action[] {
  const shows: Action[] = [
    ...(task.delivery === 'undeliverable' ? (['show'] as const) : []),
    ...(canBeShown(task) ? (['here'] as const) : []),
  ];
  return [...shows, task.status === 'failed' ? 'retry' : 'again', 'edit'];
}

function entryText(task: Task, model: Model, language: Language): string {
  const { prompt, settings, acceptedAt, finalCredits, heldCredits, status } = task;
  const isFree = status === 'failed' || status === 'canceled' || status === 'uncertain' || task.uncertainAt !== null;
  const cost = isFree ? [] : [outcomes(language).cost({ credits: finalCredits ?? heldCredits })];
  const parts = [stateText(task, language), relative(acceptedAt), summary(model, settings, language), ...cost];
  const title = isErased(task)
    ? `*${historyTexts(language).removed()}*`
    : `**${plain(cut(oneLine(prompt), 40)) || '…'}**`;
  return `${title}\n-# ${[...parts, ...linkOf(task)].join(' · ')}`;
}

const going = { accepted: 'inLine', submitting: 'rendering', rendering: 'rendering', uncertain: 'uncertain' } as const;

function stateText({ status, delivery, rung }: Task, language: Language): string {
  const text = historyTexts(language);
  if (isGoing(status)) return text[going[status]]();
  if (status === 'failed' || status === 'canceled') return text[status]();
  if (delivery === 'delivered') return rung === 'dm' ? text.shownByDm() : text.shown();
  return delivery === 'undeliverable' ? text.undelivered() : text.coming();
}

const isGoing = (status: Status): status is keyof typeof going => Object.hasOwn(going, status);

/** Where it stands. A private reply has no address, and what went to a thread's channel or a DM is not in its own. */
function linkOf({ reply, rung, delivery }: Task): string[] {
  const { guildId, channelId, messageId, isPrivate } = reply;
  const isElsewhere = delivery !== 'delivered' || rung === 'dm' || rung === 'parent';
  if (isPrivate || messageId === null || isElsewhere) return [];
  return [`https://discord.com/channels/${guildId ?? '@me'}/${channelId}/${messageId}`];
}

function oneLine(prompt: string): string {
  return prompt.replaceAll(/\s+/g, ' ').trim();
}
