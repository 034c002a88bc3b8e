import type { Log } from '#src/domain/log.ts';
import type { Command, Hands } from './command.ts';
import { type CommandCall, readCommand } from './interaction.ts';

type Ports = {
  readonly commands: readonly Command[];
  readonly hands: Hands;
  readonly log: Log;
  apologise(call: CommandCall): Promise<void>;
};

/** From a raw interaction to its command. The one place where a command's faults are caught. `drain` waits for those running. */
export function makeDispatch({ commands, hands, log, apologise }: Ports) {
  const byName = new Map(commands.map((command) => [command.declaration.name, command]));
  const running = new Set<Promise<void>>();

  async function run(raw: unknown): Promise<void> {
    const call = read(raw);
    if (call === null) return;
    const command = byName.get(call.name);
    if (command === undefined) return log.warn({ command: call.name }, 'unknown command');
    try {
      await command.run(call, hands);
    } catch (error) {
      log.error({ err: error, command: call.name, origin: call.id }, 'command failed');
      await apologise(call).catch((cause: unknown) => log.warn({ err: cause }, 'apology not taken'));
    }
  }

  function read(raw: unknown): CommandCall | null {
    try {
      return readCommand(raw);
    } catch (error) {
      log.error({ err: error }, 'an interaction that cannot be read');
      return null;
    }
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
