import type { Shown } from '#src/app/show-video.ts';
import { comesHere } from '#src/domain/delivery.ts';
import type { Language } from '#src/domain/parameters.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import { relative } from './text.ts';
import { late } from './texts/late.ts';

/** What a click on *Show video* tells its member. Null: nothing, as the message is about to turn into the video. */
export function pressText(outcome: Shown, clicked: Reply, language: Language): string | null {
  if ('refused' in outcome) return late(language)[refusals[outcome.refused]]();
  if ('shown' in outcome) return shownText(outcome.shown, language);
  const { coming } = outcome;
  if (coming.delivery !== 'pending') return standingText(coming, language);
  return coming.reply.messageId === clicked.messageId ? null : late(language).coming();
}

const refusals = {
  unknown: 'unknown',
  stranger: 'stranger',
  'not-asked': 'notAsked',
  erased: 'erased',
} as const satisfies {
  readonly [why in Extract<Shown, { refused: string }>['refused']]: string;
};

function shownText({ rung, reply }: Task, language: Language): string {
  const text = late(language);
  if (rung === 'dm') return text.shownByDm();
  const { guildId, channelId, messageId, isPrivate } = reply;
  // A private reply has no address that a link could lead to.
  if (isPrivate || messageId === null) return text.shown();
  return text.shownAt({ link: `https://discord.com/channels/${guildId ?? '@me'}/${channelId}/${messageId}` });
}

function standingText(task: Task, language: Language): string {
  const text = late(language);
  const since = relative(task.acceptedAt);
  const going = task.status === 'accepted' ? text.inLine({ since }) : text.rendering({ since });
  const standing = task.status === 'uncertain' ? text.uncertain() : going;
  return comesHere(task.reply) ? text.comesHere({ standing }) : text.comesByDm({ standing });
}
