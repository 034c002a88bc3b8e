import { ApplicationCommandType } from 'discord.js';
import { type Command, everywhere } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { commandTexts } from '#src/discord/texts/commands.ts';

export const klingHelp = {
  declaration: {
    name: 'kling-help',
    type: ApplicationCommandType.ChatInput,
    description: commandTexts('en').helpDescription(),
    description_localizations: others((language) => commandTexts(language).helpDescription()),
    ...everywhere,
  },
  run: (call, { tellHelp }) => tellHelp(call),
} as const satisfies Command;
