import {
  type APIInteractionResponse,
  ComponentType,
  PermissionFlagsBits,
  type REST,
  Routes,
  InteractionResponseType as Type,
} from 'discord.js';
import type { Canceled } from '#src/app/cancel.ts';
import type { ActingClick, OwnTask } from '#src/app/own-task.ts';
import { type Act, actOn } from '#src/domain/acts.ts';
import type { Log } from '#src/domain/log.ts';
import type { Language } from '#src/domain/parameters.ts';
import type { Reply, Task } from '#src/domain/task.ts';
import type { Answered } from './callback.ts';
import type { Call, Form, Press } from './calls.ts';
import { customId } from './custom-id.ts';
import { failureOf } from './failures.ts';
import { languageOf } from './languages.ts';
import { late } from './texts/late.ts';
import { taskButtons } from './texts/task-buttons.ts';

type Ports = {
  readonly webhooks: REST;
  readonly log: Log;
  callback(call: Call, answer: APIInteractionResponse): Promise<Answered>;
  tellPrivately(reply: Reply, text: string): Promise<unknown>;
  sayPrivately(call: Call, text: string): Promise<unknown>;
  cancel(click: ActingClick): Promise<Canceled>;
  ownTask(userId: string, taskId: string): Promise<OwnTask>;
  dropMessage(task: Task): Promise<void>;
  /** Once for each interaction. */
  writeAct(line: Act): Promise<void>;
};

/** Takes things back: a task that waits out of the line, a message out of its channel. */
export function makeWithdraw({ webhooks, log, ...ports }: Ports) {
  /** A deferred update, so that the fresh token's `@original` is the task's own message; its job changes that. */
  async function cancel(press: Press, taskId: string): Promise<void> {
    const answered = await ports.callback(press, { type: Type.DeferredMessageUpdate });
    if (answered === 'gone' || answered === 'unknown') {
      return log.warn({ origin: press.id, task: taskId }, 'click not answered');
    }
    const outcome = await ports.cancel({ userId: press.userId, taskId, reply: press.reply, source: press.id });
    const text = canceledText(outcome, languageOf(press.locale));
    // Answered by another process: that one says it.
    if (text !== null && answered !== 'already') await ports.tellPrivately(press.reply, text);
  }

  /** Who may is looked at when the modal is sent: nothing is read before the first answer. */
  async function openDelete(press: Press, taskId: string): Promise<void> {
    const text = taskButtons(languageOf(press.locale));
    const warning = { type: ComponentType.TextDisplay as const, content: text.deleteWarning() };
    const data = { custom_id: customId('delete', taskId), title: text.deleteTitle(), components: [warning] };
    await ports.callback(press, { type: Type.Modal, data });
  }

  /** By the modal's own token: it deletes where the bot is no member, and private replies too. */
  async function sendDelete(form: Form, taskId: string): Promise<void> {
    const found = await ports.ownTask(form.userId, taskId);
    const mayManage = (form.permissions & PermissionFlagsBits.ManageMessages) !== 0n;
    const language = languageOf(form.locale);
    if ('refused' in found && !mayManage) return void (await ports.sayPrivately(form, late(language)[found.refused]()));

    const answered = await ports.callback(form, { type: Type.DeferredMessageUpdate });
    if (answered === 'gone' || answered === 'unknown') {
      return log.warn({ origin: form.id, task: taskId }, 'click not answered');
    }
    // Before the effect: killed in between, the line says what somebody set out to do.
    const line = 'task' in found ? actOn(found.task, 'delete', { source: form.id, userId: form.userId }) : null;
    if (line !== null) await ports.writeAct(line);
    const isGone = await remove(form.reply, taskId);
    if (!isGone) return void (await ports.tellPrivately(form.reply, taskButtons(language).notDeleted()));
    if ('task' in found && found.task.reply.messageId === form.reply.messageId) await ports.dropMessage(found.task);
  }

  async function remove({ applicationId, token }: Reply, taskId: string): Promise<boolean> {
    try {
      await webhooks.delete(Routes.webhookMessage(applicationId, token ?? '', '@original'), { auth: false });
      return true;
    } catch (error) {
      const { status, code } = failureOf(error);
      if (status === 404) return true;
      log.warn({ status, code, task: taskId }, 'message not deleted');
      return false;
    }
  }

  return { cancel, openDelete, sendDelete };
}

/** Null: nothing, as the message itself is about to say it. */
function canceledText(outcome: Canceled, language: Language): string | null {
  if ('refused' in outcome) return late(language)[outcome.refused]();
  if ('canceled' in outcome) return null;
  const isGoing = ['accepted', 'submitting', 'rendering', 'uncertain'].includes(outcome.tooLate.status);
  return isGoing ? taskButtons(language).tooLate() : taskButtons(language).ended();
}
