import type { MessageJson } from '#sandbox/discord/discord.ts';
import type { RivyaTask } from '#sandbox/rivya/types.ts';
import { indexOfPrompt } from './plan-commands.ts';
import type { Stage, Typed } from './stage.ts';

export type Row = {
  readonly id: string;
  readonly origin: string;
  readonly userId: string;
  readonly status: string;
  readonly delivery: string;
  readonly rung: string | null;
  readonly providerId: string | null;
  readonly errorCode: string | null;
  readonly isAnswered: boolean;
};

/** An outcome as somebody sees it in a message. */
export type Shown = { readonly kind: 'video' | 'link' | 'notice'; readonly message: MessageJson };

/** What one command came to: told and shown are the outside's, the row is the bot's. */
export type Case = Typed & {
  readonly told: Told;
  readonly row: Row | undefined;
  /** Creates that the provider took for it. */
  readonly creates: readonly RivyaTask[];
  readonly shown: readonly Shown[];
};

/** `thinking`: deferred, and left so. `late`: deferred, and refused afterwards. */
export type Told = 'nothing' | 'refused' | 'accepted' | 'thinking' | 'late-refused' | 'unknown';

const flag = { loading: 128 } as const;

export async function readCases({ discord, rivya, database, typed }: Stage): Promise<Case[]> {
  const rows = await database.sql<Row[]>`
    select id, origin, user_id, status, delivery, rung, provider_id, error_code, answered_at is not null as is_answered
    from tasks`;
  const messages = [...discord.world.channels.keys()].flatMap((channelId) => discord.messages(channelId));
  const { tasks } = rivya;
  return typed.map((one) => {
    const row = rows.find(({ origin }) => origin === one.handle.id);
    return {
      ...one,
      told: toldBy(one, row),
      row,
      creates: tasks.filter(({ body }) => indexOfPrompt(body.prompt) === one.index),
      shown: row === undefined ? [] : messages.flatMap((message) => outcomeIn(message, row, one)),
    };
  });
}

/** A reply that no rung could reach again may go on to say "thinking…": whether the bot took it for an answer, its row says. */
function toldBy({ handle }: Typed, row: Row | undefined): Told {
  const answer = handle.answer();
  if (answer === undefined) return 'nothing';
  if (answer.type === 4) return handle.isPrivate() ? 'refused' : 'accepted';
  const reply = handle.reply();
  // Deleted by a moderator, which the storm does to tasks at the provider only.
  if (reply === undefined) return 'accepted';
  if ((reply.flags & flag.loading) !== 0)
    return row === undefined || row.status === 'canceled' ? 'thinking' : 'accepted';
  if (reply.content.includes('was not accepted')) return 'late-refused';
  return reply.content.includes('cannot say whether') ? 'unknown' : 'accepted';
}

/** By the marks that the bot leaves on what it shows: a file's name, a result's link, the sign of a notice. */
function outcomeIn(message: MessageJson, row: Row, { handle }: Typed): Shown[] {
  const mark = row.id.slice(0, 8);
  if (message.attachments.some(({ filename }) => filename.includes(mark))) return [{ kind: 'video', message }];
  const text = `${message.content} ${JSON.stringify(message.components)}`;
  if (row.providerId !== null && text.includes(`/results/${row.providerId}/`)) return [{ kind: 'link', message }];
  const isOurs = message.id === handle.reply()?.id || message.content.includes(mark);
  return isOurs && /❌|⚠️/.test(message.content) ? [{ kind: 'notice', message }] : [];
}
