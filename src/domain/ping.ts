import { makesMessage } from './delivery.ts';
import { limits, since } from './schedule.ts';
import type { Rung, Task } from './task.ts';

/**
 * Whether a member is told by a ping of its own that their render has ended: an edit notifies nobody. Not where the
 * outcome came as a new message, which mentions them itself; where others of a group or nobody else may see it; nor where
 * they asked for it just now.
 */
export function endsWithPing({ status, renderingAt, closedAt, pendingAt, reply }: Task, rung: Rung): boolean {
  if (makesMessage(rung) || reply.isPrivate || reply.context === 'private-channel') return false;
  const hasEnded = status === 'succeeded' || status === 'failed';
  if (!hasEnded || renderingAt === null || closedAt === null) return false;
  const isAskedAgain = pendingAt !== null && pendingAt > closedAt;
  return !isAskedAgain && since(renderingAt, closedAt) > limits.pingMs;
}
