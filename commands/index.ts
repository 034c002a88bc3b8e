import type { Command } from '#src/discord/command.ts';
import { kling } from './kling.ts';

/** Every command the bot has. An explicit list: what is not here does not exist. */
export const commands: readonly Command[] = [kling];
