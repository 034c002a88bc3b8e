import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import type { World } from '#test/bot.ts';
import { trapCommit } from './at-commit.ts';
import { trapRequest } from './at-request.ts';
import type { Death } from './point.ts';

/** Stops the bot at a point without a hook in it: its commit waits for a lock, or the outside keeps its request waiting. */
export type Trap = {
  /** Resolves when the bot stands at the point. */
  reached(asked: readonly InteractionHandle[]): Promise<void>;
  /** After the kill: what was under way meets its fate. Resolves when nothing of the dead bot is left. */
  spring(): Promise<void>;
  /** In the next life, which must have begun. */
  release(): Promise<void>;
};

export function setTrap(world: World, death: Death): Promise<Trap> {
  return 'on' in death ? trapCommit(world, death) : trapRequest(world, death);
}
