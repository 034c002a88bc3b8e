import { ButtonStyle, ComponentType, MessageFlags } from 'discord.js';
import type { Show } from '#src/app/deliver.ts';
import type { View } from '#src/domain/progress.ts';
import type { Status, Task } from '#src/domain/task.ts';
import { customId } from './custom-id.ts';
import { languageOf } from './languages.ts';
import {
  type Action,
  acceptedText,
  altText,
  buttonLabel,
  finishedText,
  linkText,
  noticeText,
  pingText,
  progressText,
  tooLargeText,
  type Voice,
  waitingText,
} from './wording.ts';

/** The body of a message as Discord takes it, in callbacks, edits and posts alike. */
export type Body = {
  readonly content: string;
  readonly flags: number;
  /** Nothing pings but by a member's id (`pinging`). Left out, an edit would parse mentions again (discord.md §1). */
  readonly allowed_mentions: { readonly parse: readonly never[]; readonly users?: readonly string[] };
  readonly components: readonly object[];
  readonly attachments?: readonly object[];
};

const longestButtonUrl = 512;
const longestRow = 5;
/** Discord's 2000, less the mention and the mark that a new message carries at its end. */
const longestContent = 1950;

export function textBody(content: string, flags: number = MessageFlags.SuppressEmbeds): Body {
  return { content, flags, allowed_mentions: { parse: [] }, components: [] };
}

export function acceptedBody(task: Task, voice: Voice, withPrompt = true): Body {
  const components = task.status === 'accepted' ? [buttonRow(task, ['cancel'])] : [];
  return { ...textBody(acceptedText(task, voice, withPrompt)), components };
}

/** What a reply says before the outcome. No `attachments`: should it land late after all, a video stays. */
export function progressBody(task: Task, view: View, voice: Voice, withPrompt: boolean): Body {
  if (view.key === 'accepted') return acceptedBody(task, voice, withPrompt);
  if ('place' in view || 'rendering' in view) {
    const components = 'place' in view ? [buttonRow(task, ['cancel'])] : [];
    return { ...textBody(progressText(task, view, voice, withPrompt)), components };
  }
  const text = waitingText(task, view.key, voice, withPrompt);
  return { ...textBody(text), components: [buttonRow(task, ['show'])] };
}

/** Says below the reply that the outcome is there, to its member alone. */
export function pingBody(task: Task, voice: Voice): Body {
  return { ...textBody(pingText(task, voice)), allowed_mentions: pinging(task) };
}

/** Lets a text ping its task's member, and nobody else. */
export function pinging({ userId }: Task): Body['allowed_mentions'] {
  return { parse: [], users: [userId] };
}

/** Buttons on a task, in one row. */
export function buttonRow(task: Pick<Task, 'id' | 'locale'>, actions: readonly Action[]): object {
  return row(buttons(task, actions));
}

function buttons({ id, locale }: Pick<Task, 'id' | 'locale'>, actions: readonly Action[]): object[] {
  return actions.map((action) => ({
    type: ComponentType.Button,
    style: ButtonStyle.Secondary,
    label: buttonLabel(action, languageOf(locale)),
    custom_id: customId(action, id),
  }));
}

function row(components: readonly object[]): object {
  return { type: ComponentType.ActionRow, components };
}

/** Shown once more, it says nothing of what is left. */
type Shown = Pick<Show, 'file' | 'withPrompt'> & { readonly creditsLeft: number | null };

/** What a delivery shows: the video as a plain attachment, or its link, or the notice; old attachments go. */
export function outcomeBody(task: Task, { file, withPrompt, creditsLeft }: Shown, voice: Voice): Body {
  const hasVideo = task.status === 'succeeded' && task.resultUrls.length > 0;
  if (!hasVideo) {
    const components = [buttonRow(task, noticeActions[task.status] ?? ['show'])];
    return { ...textBody(noticeText(task, withPrompt, voice)), components, attachments: [] };
  }

  const language = languageOf(task.locale);
  const words = finishedText(task, creditsLeft, withPrompt, voice);
  const [first, ...further] = task.resultUrls;
  const urls = file === null && first !== undefined ? [first, ...further] : further;
  const text = file === null ? `${words}\n${tooLargeText(language)}` : words;
  const attachment =
    file === null ? [] : [{ id: '0', filename: file.name, ...(withPrompt && { description: altText(task) }) }];
  const labels = (index: number) => linkText(language, index + (file === null ? 1 : 2));
  const own = buttons(task, ['again', 'edit', 'delete']);
  return { ...withLinks(textBody(text), urls, labels, own), attachments: attachment };
}

/** Without a video. Where one may come yet, only a click may open the way to this message. */
const noticeActions: { readonly [S in Status]?: readonly Action[] } = {
  failed: ['retry', 'edit', 'delete'],
  canceled: ['again', 'edit', 'delete'],
};

/** One bad link would have Discord refuse the whole message, or break out of the text. */
function isLink(url: string): boolean {
  return /^https?:\/\/[^\s<>]+$/.test(url) && URL.canParse(url);
}

/** Links as buttons before the task's own, in one row if it takes them all; those too long for a button, in the text (discord.md §3). */
function withLinks(
  body: Body,
  urls: readonly string[],
  label: (index: number) => string,
  own: readonly object[],
): Body {
  const links = urls.map((url, index) => ({ url, label: label(index) })).filter(({ url }) => isLink(url));
  const short = links.filter(({ url }) => url.length <= longestButtonUrl).slice(0, longestRow);
  const long = links.filter(({ url }) => url.length > longestButtonUrl).map(({ url }) => `<${url}>`);
  const open = short.map(({ url, label }) => ({ type: ComponentType.Button, style: ButtonStyle.Link, label, url }));
  const rows = open.length + own.length > longestRow ? [open, own] : [[...open, ...own]];
  return {
    ...body,
    content: long.reduce(
      (text, url) => (text.length + 1 + url.length > longestContent ? text : `${text}\n${url}`),
      body.content,
    ),
    components: rows.map(row),
  };
}
