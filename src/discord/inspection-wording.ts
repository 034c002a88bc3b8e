import type { Wallet } from '#src/app/inspect.ts';
import type { Spend } from '#src/app/manage.ts';
import type { Audited } from '#src/domain/acts.ts';
import type { TaskFile, Totals, UserFile } from '#src/domain/inspection.ts';
import type { Language, Model } from '#src/domain/parameters.ts';
import { summary } from '#src/domain/settings.ts';
import type { Task } from '#src/domain/task.ts';
import { person } from './act-wording.ts';
import { lineOf } from './credits.ts';
import { cut, plain, relative } from './text.ts';
import { inspectionTexts } from './texts/inspection.ts';

const moment = (at: Date) => `<t:${Math.floor(at.getTime() / 1000)}:f>`;
const code = (text: string) => `\`${text.replaceAll('`', "'")}\``;

export function taskText(file: TaskFile, model: Model, language: Language): string {
  const text = inspectionTexts(language);
  const { task, lines, acts, reservedCredits, requestId } = file;
  const { heldCredits, finalCredits, errorCode, errorMessage, providerId } = task;
  const figure = (credits: number | null) => (credits === null ? '–' : String(credits));
  return [
    `**${text.task({ id: task.id })}**`,
    text.state({ status: task.status, delivery: [task.delivery, task.rung ?? ''].join(' ').trim() }),
    text.asked({ who: person(task.userId), where: placeOf(task) }),
    `${text.prompt({ prompt: plain(cut(task.prompt, 200)) })} · ${summary(model, task.settings, language)}`,
    text.render({ provider: providerId === null ? '–' : code(cut(providerId, 100)), request: task.id }),
    ...(requestId === null ? [] : [text.failedRequest({ request: requestId })]),
    ...(errorCode === null ? [] : [text.said({ code: errorCode, words: plain(cut(errorMessage ?? '', 200)) })]),
    text.price({ held: heldCredits, reserved: figure(reservedCredits), final: figure(finalCredits) }),
    ...(task.status === 'uncertain' ? [text.canAttach()] : []),
    `**${text.moves()}**`,
    ...movesOf(file).map(([name, at]) => `-# ${name} ${moment(at)}`),
    `**${text.ledger()}**`,
    ...(lines.length === 0 ? [`-# ${text.none()}`] : []),
    ...lines.map(
      ({ at, owner, purse, kind, amount }) => `-# ${moment(at)} ${code(owner)} ${purse} · ${kind} ${amount}`,
    ),
    ...(acts.length === 0 ? [] : [`**${text.acts()}**`, ...acts.map(actLine)]),
  ].join('\n');
}

/** A private reply has no address. */
function placeOf({ reply: { guildId, channelId, messageId, isPrivate } }: Task): string {
  const channel = `https://discord.com/channels/${guildId ?? '@me'}/${channelId}`;
  return messageId === null || isPrivate ? `<#${channelId}>` : `${channel}/${messageId}`;
}

function movesOf({ task, deliveredAt }: TaskFile): [string, Date][] {
  const moves: [string, Date | null][] = [
    ['accepted', task.acceptedAt],
    ['answered', task.answeredAt],
    ['submitting', task.submittingAt],
    ['first send', task.firstSentAt],
    ['last send', task.lastSentAt],
    ['rendering', task.renderingAt],
    ['uncertain', task.uncertainAt],
    ['closed', task.closedAt],
    ['delivered', deliveredAt],
  ];
  return moves
    .filter((move): move is [string, Date] => move[1] !== null)
    .toSorted(([, a], [, b]) => a.getTime() - b.getTime());
}

export function userText(userId: string, file: UserFile, language: Language): string {
  const text = inspectionTexts(language);
  const { running, bonus, renewsAt, rules, entries, tasks } = file;
  const left = Math.max(0, bonus.granted - bonus.held - bonus.spent);
  return [
    `**${text.user({ who: person(userId), id: userId })}**`,
    text.running({ spent: running.spent, held: running.held, renews: relative(renewsAt) }),
    text.bonus({ ...bonus, left }),
    ...section(
      text.rules(),
      rules.map(({ subject, kind, credits, reason }) => {
        return [code(subject), kind, credits ?? '', plain(cut(reason ?? '', 60))]
          .filter((part) => part !== '')
          .join(' ');
      }),
    ),
    ...section(text.tasks(), tasks.map(taskLine)),
    ...(entries.length === 0 ? [] : [`**${text.entries()}**`, ...entries.map((entry) => lineOf(entry, language))]),
  ].join('\n');
}

const taskLine = ({ id, status, delivery, acceptedAt, prompt }: Task) =>
  `${moment(acceptedAt)} ${code(id)} ${status}, ${delivery} · ${plain(cut(prompt, 30))}`;

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`**${title}**`, ...lines.map((line) => `-# ${line}`)];
}

export function totalsText(totals: readonly Totals[], language: Language): string {
  const text = inspectionTexts(language);
  return totals
    .flatMap(({ span, people, others, ...figures }) => {
      const named = people.map(({ userId, spent }) => `${person(userId)} ${spent}`).join(', ');
      const by = others > 0 ? text.andOthers({ people: named, others }) : text.people({ people: named });
      return [`**${text[span]()}**`, text.totals(figures), ...(people.length === 0 ? [] : [`-# ${by}`])];
    })
    .join('\n');
}

export function walletText(wallet: Wallet, model: Model, language: Language): string {
  const text = inspectionTexts(language);
  if ('failed' in wallet) return wallet.failed === 'key' ? text.keyRefused() : text.providerAway();
  const credits = Math.floor(wallet.credits);
  return text.balance({ credits, videos: Math.max(0, Math.floor(credits / model.baseCredits)) });
}

export function spendHereText({ held, spent, budget, cap, renewsAt, members }: Spend, language: Language): string {
  const text = inspectionTexts(language);
  return [
    `**${text.here({ renews: relative(renewsAt) })}**`,
    text.used({ spent, held }),
    budget === null ? text.noBudgetHere() : text.budgetHere({ budget }),
    cap === null ? text.noCapHere() : text.capHere({ cap }),
    ...members.map(({ userId, ...used }) => `-# ${text.byMember({ who: person(userId), ...used })}`),
  ].join('\n');
}

type Line = Audited & { readonly id: number };

/** Newest first; where there may be more, how to see it. */
export function logText(lines: readonly Line[], isWhole: boolean, language: Language): string {
  const text = inspectionTexts(language);
  const last = lines.at(-1);
  if (last === undefined) return text.noLog();
  const older = isWhole ? [] : [`-# ${text.older({ before: String(last.id) })}`];
  return [`**${text.log()}**`, ...lines.map(actLine), ...older].join('\n');
}

function actLine({ at, actor, action, subject, facts, reason }: Audited): string {
  const member = /^guild:\d+:user:(\d+)$/.exec(subject)?.[1];
  const whom = member === undefined ? '' : person(member);
  const parts = [`${moment(at)} ${person(actor)} ${action}`, whom, changeOf(facts), plain(cut(reason ?? '', 80))];
  return `-# ${parts.filter((part) => part !== '').join(' · ')}`;
}

/** "300 → 90", where an act changed a figure. */
function changeOf({ before, after }: Audited['facts']): string {
  const [from, to] = [before, after].map((figures) =>
    typeof figures === 'object' && figures !== null && 'credits' in figures ? figures.credits : null,
  );
  return from === null && to === null ? '' : `${from ?? '–'} → ${to ?? '–'}`;
}
