import { ApplicationCommandType } from 'discord.js';
import { everywhere, type MessageCommand } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { reportTexts } from '#src/discord/texts/report.ts';

/** In the menu of any message; what is no video of the bot's own is refused. */
export const report = {
  declaration: {
    name: reportTexts('en').name(),
    type: ApplicationCommandType.Message,
    name_localizations: others((language) => reportTexts(language).name()),
    ...everywhere,
  },
  run: (call, { reportVideo }) => reportVideo(call),
} as const satisfies MessageCommand;
