import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  ApplicationCommandOptionType as Type,
} from 'discord.js';
import type { Command } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { option, subcommand } from '#src/discord/subcommands.ts';
import { adminCommandTexts as text } from '#src/discord/texts/admin-commands.ts';
import { mostCredits, mostReason } from '#src/domain/acts.ts';

const user = [
  option(Type.User, 'user', (language) => text(language).optionUserDescription()),
  option(Type.String, 'user_id', (language) => text(language).optionUserIdDescription()),
];
const reason = option(Type.String, 'reason', (language) => text(language).optionReasonDescription(), {
  max_length: mostReason,
});

export const klingSettings = {
  declaration: {
    name: 'kling-settings',
    type: ApplicationCommandType.ChatInput,
    description: text('en').settingsDescription(),
    description_localizations: others((language) => text(language).settingsDescription()),
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    default_member_permissions: String(PermissionFlagsBits.ManageGuild),
    options: [
      subcommand('cap', (language) => text(language).capDescription(), [
        option(Type.Integer, 'credits', (language) => text(language).optionCreditsOrNoneDescription(), {
          min_value: 0,
          max_value: mostCredits,
        }),
        reason,
      ]),
      subcommand('block', (language) => text(language).blockHereDescription(), [...user, reason]),
      subcommand('unblock', (language) => text(language).unblockHereDescription(), [...user, reason]),
      subcommand('spend', (language) => text(language).spendHereDescription()),
      subcommand('log', (language) => text(language).logDescription(), [
        option(Type.Integer, 'before', (language) => text(language).optionBeforeDescription(), { min_value: 1 }),
      ]),
      subcommand('access', (language) => text(language).accessDescription()),
    ],
  },
  run: (call, { settings }) => settings(call),
} as const satisfies Command;
