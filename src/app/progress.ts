import type { Log } from '#src/domain/log.ts';
import { editUnderWayMs, nextLook, type Situation, soonest, type View, viewOf } from '#src/domain/progress.ts';
import type { Task } from '#src/domain/task.ts';

/** How an edit of progress ended. `unknown`: it may have landed, or land yet. */
export type Edited =
  | 'edited'
  | 'unknown'
  | { readonly refused: 'token-dead' | 'message-gone' | 'closed' }
  | { readonly later: number };

type Ports = {
  readonly log: Log;
  situationOf(task: Task): Promise<Situation>;
  editProgress(task: Task, view: View): Promise<Edited>;
  /** Stores that an edit is under way. False: the row moved, or its token did. */
  beginEdit(task: Task): Promise<boolean>;
  /** The edit landed. */
  markShown(task: Task, shown: string, showAt: Date | null): Promise<void>;
  /** Nothing was changed, or nothing landed. */
  lookAgain(task: Task, showAt: Date | null): Promise<void>;
  dropToken(task: Task): Promise<void>;
  dropMessage(task: Task): Promise<void>;
};

/** Less often than this nothing is said about the same reply, whatever went wrong. */
const leastWaitMs = 5_000;

/**
 * Lets a reply say where its task stands. Called by `deliver` alone, so that no edit of progress overtakes the outcome;
 * one whose fate stays unknown holds the outcome back until it can no longer land (design: one job shows everything).
 */
export function makeShowProgress(ports: Ports) {
  return async function showProgress(task: Task): Promise<void> {
    if (editUnderWayMs(task) > 0) return;
    const situation = await ports.situationOf(task);
    const view = viewOf(task, situation);
    if (view === null || view.key === task.shown) {
      if (task.showAt !== null) await ports.lookAgain(task, nextLook(task, situation));
      return;
    }
    // What it says is true, if not the newest, and that can wait. Not so what is said but once and last: that it is late,
    // or was given up on, while the token may be about to die.
    const isNews = 'place' in view || 'rendering' in view;
    if (isNews && task.shown !== null && soonest(task) > task.now.getTime()) {
      return ports.lookAgain(task, new Date(soonest(task)));
    }
    if (!(await ports.beginEdit(task))) return;
    const outcome = await ports.editProgress(task, view);
    const after = { ...task, shown: view.key, shownAt: task.now };
    if (outcome === 'edited') return ports.markShown(task, view.key, nextLook(after, situation));
    ports.log.info({ task: task.id, view: view.key, outcome }, 'progress not shown');
    if (outcome === 'unknown') return;
    if ('later' in outcome) {
      const at = new Date(task.now.getTime() + Math.max(outcome.later, leastWaitMs));
      return ports.lookAgain(task, at);
    }
    // What is dead is never called again (discord.md §5).
    await ports.lookAgain(task, null);
    if (outcome.refused === 'token-dead') await ports.dropToken(task);
    if (outcome.refused === 'message-gone') await ports.dropMessage(task);
  };
}
