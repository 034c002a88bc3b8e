import type { Act } from '#src/domain/acts.ts';
import { uncertainAlarm } from '#src/domain/alarms.ts';
import { releaseAll, settlement, writeOff } from '#src/domain/credits.ts';
import { limits } from '#src/domain/schedule.ts';
import type { Move } from '#src/domain/task.ts';
import { writeAct } from './acts.ts';
import { raiseAlarm } from './alarms.ts';
import type { Sql, Tx } from './database.ts';
import { heldBy, holdsOf, writeLines } from './ledger.ts';
import { type Enqueue, fillSlots, lockSlots, type Slots } from './line.ts';
import { closedImages, sources, target } from './moves.ts';

type Ports = { readonly sql: Sql; readonly enqueue: Enqueue; readonly slots: Slots };
type Words = { readonly code: string; readonly message: string | null };

/** Moves that the member is told of. Status, credits, the freed slot's next task and the job are one transaction. */
export function closings({ sql, enqueue, slots }: Ports) {
  /**
   * rendering | uncertain → succeeded. Settles the hold at the final price. After an uncertain spell nothing is held:
   * the video is the member's all the same, and its price a write-off. False: the task had moved.
   */
  function succeed(taskId: string, finalCredits: number | null, urls: readonly string[]): Promise<boolean> {
    return close(taskId, 'succeed', { finalCredits, urls }, async (tx, { wasUncertain }) => {
      if (!wasUncertain) return writeLines(tx, taskId, settlement(await heldBy(tx, taskId), finalCredits));
      const charged = finalCredits ?? (await reserved(tx, taskId));
      return writeLines(tx, taskId, writeOff(await holdsOf(tx, taskId), charged));
    });
  }

  /** … → failed. All is released; what the provider charged nevertheless is a write-off. */
  function fail(taskId: string, words: Words, charged = 0): Promise<boolean> {
    return close(taskId, 'fail', { ...words, finalCredits: charged }, async (tx) => {
      const lines = releaseAll(await heldBy(tx, taskId));
      await writeLines(tx, taskId, [...lines, ...writeOff(await holdsOf(tx, taskId), charged)]);
    });
  }

  /** submitting | rendering → uncertain: released and told, and looked at hourly if the provider's id is known. */
  function doubt(taskId: string, words: Words): Promise<boolean> {
    return close(taskId, 'doubt', words, async (tx) => writeLines(tx, taskId, releaseAll(await heldBy(tx, taskId))));
  }

  /** accepted → canceled, by its member or by an operator's act: released and told. */
  function cancelWaiting(taskId: string, line: Act | null = null): Promise<boolean> {
    const words = { code: 'canceled', message: null };
    return close(taskId, 'cancel', words, async (tx) => {
      await writeLines(tx, taskId, releaseAll(await heldBy(tx, taskId)));
      if (line !== null) await writeAct(tx, line);
    });
  }

  type Details = {
    readonly finalCredits?: number | null;
    readonly urls?: readonly string[];
    readonly code?: string;
    readonly message?: string | null;
  };

  type Closed = { readonly wasUncertain: boolean };

  function close(
    taskId: string,
    move: Move,
    details: Details,
    credits: (tx: Tx, closed: Closed) => Promise<void>,
  ): Promise<boolean> {
    return sql.begin(async (tx) => {
      const isDoubt = move === 'doubt';
      const locked = lockSlots(tx);
      const moved = tx<Closed[]>`
        update tasks set status = ${target(move)}, delivery = 'pending', pending_at = now(), rung = null, rung_at = null,
          attempt = 0,
          -- What comes of it after it was erased is kept as long as anything else.
          erased_at = null,
          final_credits = ${details.finalCredits ?? null},
          error_code = ${details.code ?? null}, error_message = ${details.message ?? null},
          result_urls = ${tx.json([...(details.urls ?? [])])}, images = ${closedImages(tx)},
          ${isDoubt ? tx`uncertain_at = now()` : tx`closed_at = now()`},
          next_poll_at = case when ${isDoubt} and provider_id is not null
            then now() + ${limits.uncertainEveryMs} * interval '1 ms' end,
          -- A live job for the reply may swallow this one's, and end without having seen the outcome.
          wake_at = now() + interval '5 seconds'
        where id = ${taskId} and status = any(${sources(move)}::status[])
        returning uncertain_at is not null as was_uncertain`;
      const [, [closed]] = await Promise.all([locked, moved]);
      if (closed === undefined) return false;
      await enqueue(tx, [{ queue: 'deliver', taskId }]);
      if (isDoubt) await raiseAlarm(tx, uncertainAlarm(taskId));
      await fillSlots(tx, slots, enqueue);
      await credits(tx, closed);
      return true;
    });
  }

  return { succeed, fail, doubt, cancelWaiting };
}

async function reserved(tx: Tx, taskId: string): Promise<number> {
  const [row] = await tx<{ credits: number }[]>`
    select coalesce(reserved_credits, held_credits) as credits from tasks where id = ${taskId}`;
  return row?.credits ?? 0;
}
