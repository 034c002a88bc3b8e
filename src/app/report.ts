import { type Alarm, reportAlarm } from '#src/domain/alarms.ts';
import { isUuid } from '#src/domain/uuid.ts';

/** A message as its menu shows it. Null: another's, and none of the bot's own. */
export type Reported = {
  readonly id: string;
  readonly channelId: string;
  readonly guildId: string | null;
  /** The tasks that its buttons name, as they came. */
  readonly taskIds: readonly string[];
};
export type Report = { readonly refused: 'no-task' | 'too-many' } | { readonly reported: true };

/** The most that a person reports in 24 hours. */
export const mostReports = 10;

type Ports = {
  /** The task with this id, else the one whose reply the message is. */
  findReported(taskId: string | null, messageId: string): Promise<{ id: string; userId: string } | null>;
  /** False: that would be more than `most` of theirs in 24 hours. The same report again changes nothing. */
  fileReport(by: string, alarm: Alarm, most: number): Promise<boolean>;
};

/** Files what the operators are then told, once for each person and task. */
export function makeReport({ findReported, fileReport }: Ports) {
  return async function report(by: string, message: Reported | null): Promise<Report> {
    if (message === null) return { refused: 'no-task' };
    const { id, channelId, guildId, taskIds } = message;
    const named = taskIds.filter(isUuid);
    // A list of several is no video.
    const task = new Set(named).size > 1 ? null : await findReported(named[0] ?? null, id);
    if (task === null) return { refused: 'no-task' };
    const place = { guild: guildId, channel: channelId, message: id };
    const alarm = reportAlarm({ by, task: task.id, owner: task.userId, ...place });
    return (await fileReport(by, alarm, mostReports)) ? { reported: true } : { refused: 'too-many' };
  };
}
