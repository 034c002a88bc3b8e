import type { OwnTask } from '#src/app/own-task.ts';
import type { Model } from '#src/domain/parameters.ts';
import type { Task } from '#src/domain/task.ts';
import type { Call } from './calls.ts';
import { languageOf } from './languages.ts';
import { refusalText } from './refusals.ts';
import { late } from './texts/late.ts';
import { within } from './within.ts';

type Ports = {
  readonly model: Model;
  ownTask(userId: string, taskId: string): Promise<OwnTask>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};

/** The task is looked up before the answer, which is due in 3 s. */
const patienceMs = 1_500;

/** The task that a custom id names. Null: it is not to be had, and the member was told why. */
export function makeLookUp({ model, ownTask, sayPrivately }: Ports) {
  return async function lookUp(call: Call, taskId: string): Promise<Task | null> {
    const found = await within(ownTask(call.userId, taskId), patienceMs);
    if (typeof found === 'object' && 'task' in found) return found.task;
    const language = languageOf(call.locale);
    const isSlow = found === 'slow';
    await sayPrivately(
      call,
      isSlow ? refusalText({ refused: 'away' }, model, language) : late(language)[found.refused](),
    );
    return null;
  };
}

/** The list that it was pressed in is private always; what comes of it is so only where the earlier video was. */
export function asPrivateAs<C extends Call>({ reply }: Task, call: C): C {
  return { ...call, reply: { ...call.reply, isPrivate: reply.isPrivate } };
}
