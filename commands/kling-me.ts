import { ApplicationCommandType, ApplicationCommandOptionType as Type } from 'discord.js';
import type { CommandCall } from '#src/discord/calls.ts';
import { type Button, type Command, everywhere, type Hands } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { option, subcommand } from '#src/discord/subcommands.ts';
import { commandTexts } from '#src/discord/texts/commands.ts';

/** By the name of the subcommand. */
const runs: ReadonlyMap<string, (call: CommandCall, hands: Hands) => Promise<void>> = new Map([
  ['settings', (call, { openSettings }) => openSettings(call)],
  ['data', (call, { tellData }) => tellData(call)],
  ['delete', (call, { openErasure }) => openErasure(call)],
]);

/** What is a member's own: Discord shows a command with subcommands by those alone. */
export const klingMe = {
  declaration: {
    name: 'kling-me',
    type: ApplicationCommandType.ChatInput,
    description: commandTexts('en').meDescription(),
    description_localizations: others((language) => commandTexts(language).meDescription()),
    options: [
      subcommand('settings', (language) => commandTexts(language).settingsDescription()),
      subcommand('data', (language) => commandTexts(language).dataDescription(), [
        option(Type.Integer, 'page', (language) => commandTexts(language).pageDescription(), { min_value: 1 }),
      ]),
      subcommand('delete', (language) => commandTexts(language).deleteDescription()),
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

/** The argument is what the member has been told already. */
export const erase = {
  action: 'erase',
  run: (press, [how = ''], hands) => hands.erase(press, how),
} as const satisfies Button;
