import type { Log } from '#src/domain/log.ts';
import type { MemberSettings } from '#src/domain/member.ts';
import { endsWithPing } from '#src/domain/ping.ts';
import type { Rung, Task } from '#src/domain/task.ts';

type Ports = {
  readonly log: Log;
  readSettings(userId: string): Promise<MemberSettings>;
  /** Stores that the ping is sent. False: it was before, or the outcome is not shown. */
  beginPing(taskId: string): Promise<boolean>;
  /** How it went; nothing is repeated. */
  sendPing(task: Task): Promise<'by reply' | 'in channel' | 'not sent'>;
};

/** Mentions the member once the outcome of a long render is shown. Marked before it is sent: rather missing than double. */
export function makePing({ log, readSettings, beginPing, sendPing }: Ports) {
  return async function ping(task: Task, rung: Rung): Promise<void> {
    if (!endsWithPing(task, rung) || !(await readSettings(task.userId)).ping) return;
    if (await beginPing(task.id)) log.info({ task: task.id, sent: await sendPing(task) }, 'ping');
  };
}
