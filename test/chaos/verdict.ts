import { createHash } from 'node:crypto';
import { filmOf } from '#sandbox/rivya/film.ts';
import { judgeBooks } from './books.ts';
import { type Case, readCases } from './facts.ts';
import { wasKilled } from './fleet.ts';
import { judgeManners } from './manners.ts';
import type { Stage } from './stage.ts';

/** Everything that is not as it has to be after a storm; empty: all is well. */
export async function judge(stage: Stage): Promise<string[]> {
  const cases = await readCases(stage);
  return [
    ...cases.flatMap((one) => judgeCase(one, stage).map((what) => `command ${one.index}: ${what}`)),
    ...judgeStrangers(cases, stage),
    ...judgeSlots(cases, stage),
    ...(await judgeBooks(stage)),
    ...(await judgeQueue(stage)),
    ...judgeManners(stage),
    ...stage.fleet.complaints,
  ];
}

function judgeCase(one: Case, stage: Stage): string[] {
  switch (one.told) {
    case 'nothing':
    case 'refused':
      return judgeRefused(one);
    case 'late-refused':
      return [...judgeRefused(one), ...judgeReason(one, stage)];
    case 'thinking':
      return [...judgeRefused(one), ...judgeLeftThinking(one, stage)];
    case 'unknown':
      return ['the member was told that nobody knows'];
    case 'accepted':
      return judgeAccepted(one, stage);
    default:
      return one.told satisfies never;
  }
}

/** Nothing is paid, held or shown for what was never answered, or answered with a no. */
function judgeRefused({ told, row, creates, shown }: Case): string[] {
  return [
    ...(creates.length > 0 ? [`${creates.length} creates, but the member was told: ${told}`] : []),
    ...(row !== undefined && row.status !== 'canceled'
      ? [`a task that ${row.status}, but the member was told: ${told}`]
      : []),
    ...(shown.length > 0 ? [`shown, but the member was told: ${told}`] : []),
  ];
}

/** A refusal after a public "thinking…" is explained in private, unless its process was killed between the two. */
function judgeReason({ handle }: Case, stage: Stage): string[] {
  if (handle.followups.length === 1 || wasGatewayLost(stage, handle.answer()?.at)) return [];
  return [`${handle.followups.length} private reasons for a late refusal`];
}

/** Only a process that died with the outcome in its hands leaves a member without one. */
function judgeLeftThinking({ handle }: Case, stage: Stage): string[] {
  return wasGatewayLost(stage, handle.answer()?.at) ? [] : ['left "thinking…" although no gateway was lost since'];
}

function wasGatewayLost({ fleet }: Stage, since = 0): boolean {
  return fleet.gaps.some((gap) => gap.role !== 'worker' && wasKilled(gap, since, Number.POSITIVE_INFINITY));
}

function judgeAccepted(one: Case, stage: Stage): string[] {
  const { row, creates, shown } = one;
  if (row === undefined) return ['accepted, and there is no task'];
  const [task] = creates;
  if (row.status !== 'succeeded' && row.status !== 'failed')
    return [`accepted, and its task is ${row.status}, delivery ${row.delivery}`];
  const isDeliverable = !isCutOff(one, stage);
  return [
    ...(creates.length > 1 ? [`paid ${creates.length} times`] : []),
    ...(task === undefined && row.status === 'succeeded' ? ['a video that the provider never made'] : []),
    ...(task === undefined && row.providerId !== null ? ['a provider id that the provider does not know'] : []),
    ...(task !== undefined && task.id !== row.providerId
      ? [`paid, but not followed: its task ${row.status} with ${row.errorCode}`]
      : []),
    ...(task !== undefined && task.status !== row.status
      ? [`${row.status}, but at the provider it ${task.status}`]
      : []),
    ...(shown.length > 1 ? [`shown ${shown.length} times`] : []),
    ...(shown.length === 0 && isDeliverable
      ? [`${row.status} (${row.errorCode}), delivery ${row.delivery}, but nothing is shown`]
      : []),
    ...(row.delivery === 'delivered' || (!isDeliverable && row.delivery === 'undeliverable')
      ? []
      : [`delivery is ${row.delivery}`]),
    ...(row.delivery === 'delivered' && shown.length === 0 ? ['delivered, but nothing is shown'] : []),
    ...shown.flatMap((what) => judgeShown(what, one, stage)),
  ];
}

/** The storm closed every rung: no token or no message, no word in the channel, and no DM. */
function isCutOff({ command }: Case, { plan }: Stage): boolean {
  return command.fate !== 'stays' && command.place !== 'channel' && plan.members[command.member]?.dmsClosed === true;
}

function judgeShown(
  { kind, message }: Case['shown'][number],
  { row, command, creates }: Case,
  { discord, plan }: Stage,
): string[] {
  if (row?.status === 'failed') return kind === 'notice' ? [] : [`failed, but a ${kind} is shown`];
  if (kind === 'notice') return ['a video, but a notice is shown'];
  // What the provider served instead of the video, once, may have made it a link.
  const wasSpoilt = plan.blows.some(
    (blow) => blow.kind === 'rivya' && blow.fault.route.startsWith('/results') && blow.fault.body !== undefined,
  );
  if (kind === 'link') return command.render.film === 'large' || wasSpoilt ? [] : ['a link instead of the video'];
  const { sha256 } = discord.upload(message.id) ?? {};
  const film = creates[0]?.body.params.aspect_ratio ?? '16:9';
  return sha256 === digestOf(film) ? [] : [`another file than the provider's is shown`];
}

const digestOf = (aspect: string) => {
  const hash = createHash('sha256');
  for (const chunk of filmOf(aspect).chunks()) hash.update(chunk);
  return hash.digest('hex');
};

/** Creates that belong to no command's task. */
function judgeStrangers(cases: readonly Case[], { rivya }: Stage): string[] {
  const known = new Set(
    cases.flatMap(({ row, creates }) => creates.filter(({ clientRequestId }) => clientRequestId === row?.id)),
  );
  return rivya.tasks.filter((task) => !known.has(task)).map(({ id }) => `${id} at the provider belongs to no task`);
}

/** Never more at the provider at once than allowed, as the provider saw it. */
function judgeSlots(cases: readonly Case[], { plan }: Stage): string[] {
  const all = cases.flatMap(({ creates }) => creates);
  const users = Map.groupBy(cases, ({ userId }) => userId);
  return [
    ...(most(all) > plan.limits.active ? [`${most(all)} at the provider at once`] : []),
    ...[...users.values()].flatMap((own) => {
      const count = most(own.flatMap(({ creates }) => creates));
      return count > plan.limits.activePerUser ? [`${count} of one member at the provider at once`] : [];
    }),
  ];
}

function most(tasks: Case['creates']): number {
  const open = (at: number) =>
    tasks.filter(({ createdAt, doneAt = Number.POSITIVE_INFINITY }) => createdAt <= at && at < doneAt);
  return Math.max(0, ...tasks.map(({ createdAt }) => open(createdAt).length));
}

async function judgeQueue({ database }: Stage): Promise<string[]> {
  const live = await database.sql<{ name: string; state: string }[]>`
    select name, state::text from pgboss.job where name in ('submit', 'deliver') and state in ('created', 'retry', 'active')`;
  return live.map(({ name, state }) => `a ${name} job is ${state}`);
}
