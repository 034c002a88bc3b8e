import { type Move, moves, type Status } from '#src/domain/task.ts';
import type { Tx } from './database.ts';

/** The states a move may start from: the `where` of its compare-and-set. */
export function sources(move: Move): Status[] {
  return [...moves[move].from];
}

export function target(move: Move): Status {
  return moves[move].to;
}

/** The images of a task that closes: addresses at Discord are signed, and no longer of use. */
export function closedImages(tx: Tx) {
  return tx`(
    select coalesce(jsonb_agg(image - 'discordUrl' order by nth), '[]')
    from jsonb_array_elements(images) with ordinality as each (image, nth))`;
}
