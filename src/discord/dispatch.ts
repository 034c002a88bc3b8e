import type { Log } from '#src/domain/log.ts';
import { isUuid } from '#src/domain/uuid.ts';
import { type Call, readCall } from './calls.ts';
import type { Button, Command, Hands, MessageCommand, Modal } from './command.ts';
import { readCustomId } from './custom-id.ts';
import { languageOf } from './languages.ts';
import { answers } from './texts/answers.ts';

type Ports = {
  readonly commands: readonly Command[];
  readonly messageCommands: readonly MessageCommand[];
  readonly buttons: readonly Button[];
  readonly modals: readonly Modal[];
  readonly hands: Hands;
  readonly log: Log;
  /** Told of each interaction before it is answered. */
  received?(call: Call): void;
  sayPrivately(call: Call, text: string): Promise<unknown>;
  apologise(call: Call): Promise<void>;
  /** Keeps the locale that a member was last seen with. */
  remember(call: Call): Promise<void>;
};

/** From a raw interaction to what it asks for. The one place where the faults of that are caught. `drain` waits for those running. */
export function makeDispatch({ commands, messageCommands, buttons, modals, hands, log, ...ports }: Ports) {
  const { sayPrivately, apologise, remember } = ports;
  const commandOf = new Map(commands.map((command) => [command.declaration.name, command]));
  const messageCommandOf = new Map(messageCommands.map((command) => [command.declaration.name, command]));
  const buttonOf = new Map(buttons.map((button) => [button.action, button]));
  const modalOf = new Map(modals.map((modal) => [modal.action, modal]));
  const running = new Set<Promise<void>>();

  async function run(raw: unknown): Promise<void> {
    const call = read(raw);
    if (call === null) return;
    ports.received?.(call);
    try {
      await answer(call);
    } catch (error) {
      log.error({ err: error, ...subjectOf(call), origin: call.id }, `${call.kind} failed`);
      await apologise(call).catch((cause: unknown) => log.warn({ err: cause }, 'apology not taken'));
    }
    // After the answer, which must not wait for it.
    await remember(call).catch((error: unknown) => log.warn({ err: error }, 'a locale was not kept'));
  }

  function read(raw: unknown): Call | null {
    try {
      return readCall(raw);
    } catch (error) {
      log.error({ err: error }, 'an interaction that cannot be read');
      return null;
    }
  }

  async function answer(call: Call): Promise<unknown> {
    switch (call.kind) {
      case 'command':
        return commandOf.get(call.name)?.run(call, hands) ?? unknown(call);
      case 'message':
        return messageCommandOf.get(call.name)?.run(call, hands) ?? unknown(call);
      case 'press': {
        const { action, args } = readCustomId(call.customId);
        return buttonOf.get(action)?.run(call, args, hands) ?? unknown(call);
      }
      case 'form': {
        const { action, args } = readCustomId(call.customId);
        return modalOf.get(action)?.run(call, args, hands) ?? unknown(call);
      }
      default:
        return call satisfies never;
    }
  }

  /** A command, button or modal of another version of the bot: it gets an answer all the same. */
  async function unknown(call: Call): Promise<void> {
    log.warn(subjectOf(call), `unknown ${call.kind}`);
    await sayPrivately(call, answers(languageOf(call.locale)).outdated());
  }

  return {
    dispatch(raw: unknown): void {
      const one = run(raw).finally(() => running.delete(one));
      running.add(one);
    },
    async drain(): Promise<void> {
      await Promise.all(running);
    },
  };
}

/** Names and ids come from outside and go to the log: only what could be one of ours. What is about a task names it last. */
function subjectOf(call: Call): { readonly name: string; readonly task?: string } {
  const { action, args } = 'name' in call ? { action: call.name, args: [] } : readCustomId(call.customId);
  const task = action.startsWith('draft') ? undefined : args.findLast(isUuid);
  return { name: /^[\w-]{1,32}$/.test(action) ? action : '?', ...(task !== undefined && { task }) };
}
