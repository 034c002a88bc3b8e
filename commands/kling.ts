import { ApplicationCommandType } from 'discord.js';
import { type Command, everywhere } from '#src/discord/command.ts';
import { others, privateOption, readOptions, slashOptions, withPrivacy } from '#src/discord/options.ts';
import { commandDescription } from '#src/discord/wording.ts';
import { kling as model } from '#src/domain/parameters.ts';

export const kling = {
  declaration: {
    name: 'kling',
    type: ApplicationCommandType.ChatInput,
    description: commandDescription(model, 'en'),
    description_localizations: others((language) => commandDescription(model, language)),
    options: [...slashOptions(model), privateOption],
    ...everywhere,
  },
  run: (given, { answerVideo }) => {
    const call = withPrivacy(given);
    return answerVideo(call, readOptions(call, model));
  },
} as const satisfies Command;
