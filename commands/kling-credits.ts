import { ApplicationCommandType } from 'discord.js';
import { type Command, everywhere } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { commandTexts } from '#src/discord/texts/commands.ts';

export const klingCredits = {
  declaration: {
    name: 'kling-credits',
    type: ApplicationCommandType.ChatInput,
    description: commandTexts('en').creditsDescription(),
    description_localizations: others((language) => commandTexts(language).creditsDescription()),
    ...everywhere,
  },
  run: (call, { tellCredits }) => tellCredits(call),
} as const satisfies Command;
