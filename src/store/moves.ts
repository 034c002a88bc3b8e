import { type Move, moves, type Status } from '#src/domain/task.ts';

/** The states a move may start from: the `where` of its compare-and-set. */
export function sources(move: Move): Status[] {
  return [...moves[move].from];
}

export function target(move: Move): Status {
  return moves[move].to;
}
