import type { InteractionHandle, MessageJson } from '#sandbox/discord/discord.ts';
import { unbalanced, unsettled } from '#test/books.ts';
import type { World } from '#test/bot.ts';
import { account } from '#test/store.ts';
import type { End } from './point.ts';

/** How it ended, as seen from outside and in the books. */
export type Facts = {
  readonly tasks: readonly string[];
  readonly creates: number;
  readonly shown: number;
  readonly replies: readonly string[];
  readonly spent: number;
  /** Taken by the provider, and what the bot has booked for it. */
  readonly charged: readonly [number, number];
  /** Of the members, kind by kind, in order. */
  readonly ledger: string;
  readonly unbalanced: readonly object[];
  readonly unsettled: readonly object[];
  readonly objections: readonly string[];
  /** Files in Discord that are not the whole of what the provider made. */
  readonly torn: number;
  /** Pings beyond one a task: one may be missing, none comes twice. */
  readonly doublePings: number;
};

const open = ['accepted', 'submitting', 'rendering'];

/** Nothing is open, to be shown or soon to be looked at, and the queue has no live job. */
export async function isAtRest({ database: { sql } }: World): Promise<boolean> {
  const restless = await sql`
    select from tasks where status = any(${open}::status[]) or delivery = 'pending'
      or least(wake_at, next_poll_at, show_at) < now() + interval '1 minute'
    union all select from pgboss.job where state in ('created', 'retry', 'active')`;
  return restless.length === 0;
}

export async function factsOf(world: World, asked: readonly InteractionHandle[]): Promise<Facts> {
  const { database, discord, rivya } = world;
  const messages = [...discord.world.channels.keys()].flatMap((id) => discord.messages(id));
  const outcomes = messages.filter(isOutcome);
  const rows = await database.sql<{ status: string; delivery: string; rung: string | null }[]>`
    select status, delivery, rung from tasks order by accepted_at, id`;
  const whole = new Set(rivya.downloads.filter(({ complete }) => complete).map(({ bytes }) => bytes));
  return {
    tasks: rows.map(({ status, delivery, rung }) =>
      [status, delivery, ...(delivery === 'delivered' ? [rung] : [])].join(' '),
    ),
    creates: rivya.tasks.length,
    shown: outcomes.length,
    replies: asked.map(stateOf),
    spent: await spentByMembers(world),
    charged: [9000 - rivya.credits, (await account(database, 'bot')).spent],
    ledger: await ledgerOf(world),
    unbalanced: await unbalanced(database),
    unsettled: await unsettled(database),
    objections: [...discord.violations, ...rivya.violations],
    torn: outcomes.flatMap(({ attachments }) => attachments).filter(({ size }) => !whole.has(size)).length,
    doublePings: Math.max(0, messages.filter(({ mentions }) => mentions.length > 0).length - rows.length),
  };
}

/** What facts a point's end allows; `ledger` is told, and judged by the other figures. */
export function factsFor({ charged, objections = [], ...end }: End, ledger: string): Omit<Facts, 'objections'> {
  return { ...end, charged: [charged, charged], ledger, unbalanced: [], unsettled: [], torn: 0, doublePings: 0 };
}

/** The video, its link, or the notice of another end. A button that asks for it is none. */
const isOutcome = ({ attachments, content, components }: MessageJson) =>
  attachments.length > 0 || JSON.stringify(components).includes('"url"') || /[❌⚠]/u.test(content);

/** An outcome that something else covered later is told as such. */
function stateOf(interaction: InteractionHandle): string {
  const now = interaction.reply();
  if (now === undefined) return 'none';
  if (isOutcome(now)) return 'outcome';
  if (interaction.states.some(({ message }) => isOutcome(message))) return 'covered';
  if (now.content === '') return 'thinking';
  return now.content.includes('this message turns into the video') ? 'accepted' : 'other';
}

async function spentByMembers({ database: { sql } }: World): Promise<number> {
  const [row] = await sql<{ spent: number }[]>`
    select coalesce(sum(spent), 0)::int as spent from accounts where owner like 'user:%'`;
  return row?.spent ?? 0;
}

async function ledgerOf({ database: { sql } }: World): Promise<string> {
  const lines = await sql<{ kind: string; amount: number }[]>`
    select kind, sum(amount)::int as amount from ledger where owner like 'user:%' group by kind order by min(id)`;
  const side = (kinds: readonly string[]) =>
    lines.flatMap(({ kind, amount }) => (kinds.includes(kind) ? [`${kind} ${amount}`] : [])).join(' + ');
  return lines.length === 0 ? 'empty' : `${side(['hold', 'adjust'])} = ${side(['settle', 'release'])}`;
}
