import type { Said } from '#src/app/draft-message.ts';
import type { Log } from '#src/domain/log.ts';
import { readDirectMessage } from './direct-message.ts';

type Ports = {
  readonly log: Log;
  isAway(): boolean;
  /** The failure lies with the connection to the database. */
  isConnectionFault(error: unknown): boolean;
  answerMessage(said: Said): Promise<void>;
  apologise(said: Said, why: 'away' | 'fault'): Promise<void>;
};

/** From a raw message to its answer. The one place where the faults of that are caught. `drain` waits for those running. */
export function makeHear({ log, isAway, isConnectionFault, answerMessage, apologise }: Ports) {
  const running = new Set<Promise<void>>();

  async function run(raw: unknown): Promise<void> {
    const said = read(raw);
    if (said === null) return;
    try {
      if (isAway()) await apologise(said, 'away');
      else await answerMessage(said);
    } catch (error) {
      log.error({ err: error, message: said.id }, 'message not answered');
      await apologise(said, isConnectionFault(error) ? 'away' : 'fault');
    }
  }

  function read(raw: unknown): Said | null {
    try {
      return readDirectMessage(raw);
    } catch (error) {
      log.error({ err: error }, 'a message that cannot be read');
      return null;
    }
  }

  return {
    hear(raw: unknown): void {
      const one = run(raw).finally(() => running.delete(one));
      running.add(one);
    },
    async drain(): Promise<void> {
      await Promise.all(running);
    },
  };
}
