import { ApplicationCommandOptionType, ApplicationCommandType } from 'discord.js';
import type { CommandCall } from '#src/discord/calls.ts';
import { type Button, type Command, everywhere, type Hands } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { commandTexts } from '#src/discord/texts/commands.ts';

/** By the name of the subcommand. */
const runs: ReadonlyMap<string, (call: CommandCall, hands: Hands) => Promise<void>> = new Map([
  ['settings', (call, { openSettings }) => openSettings(call)],
]);

/** What is a member's own: Discord shows a command with subcommands by those alone. */
export const klingMe = {
  declaration: {
    name: 'kling-me',
    type: ApplicationCommandType.ChatInput,
    description: commandTexts('en').meDescription(),
    description_localizations: others((language) => commandTexts(language).meDescription()),
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'settings',
        description: commandTexts('en').settingsDescription(),
        description_localizations: others((language) => commandTexts(language).settingsDescription()),
      },
    ],
    ...everywhere,
  },
  run: (call, hands) => runs.get(call.options[0]?.name ?? '')?.(call, hands),
} as const satisfies Command;

/** The argument is what the button turns it to. */
export const ping = {
  action: 'ping',
  run: (press, [to = ''], { setPing }) => setPing(press, to),
} as const satisfies Button;
