import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  ApplicationCommandOptionType as Type,
} from 'discord.js';
import type { Command } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { option, subcommand } from '#src/discord/subcommands.ts';
import { adminCommandTexts as text } from '#src/discord/texts/admin-commands.ts';
import { mostCredits, mostGrant, mostReason } from '#src/domain/acts.ts';

const user = [
  option(Type.User, 'user', (language) => text(language).optionUserDescription()),
  option(Type.String, 'user_id', (language) => text(language).optionUserIdDescription()),
];
const server = option(Type.String, 'server_id', (language) => text(language).optionServerIdDescription());
const described = { max_length: mostReason };
const reason = option(Type.String, 'reason', (language) => text(language).optionReasonDescription(), described);
const figure = option(Type.Integer, 'credits', (language) => text(language).optionCreditsOrNoneDescription(), {
  min_value: 0,
  max_value: mostCredits,
});
const credits = (most: number) =>
  option(Type.Integer, 'credits', (language) => text(language).optionCreditsDescription(), {
    required: true,
    min_value: 1,
    max_value: most,
  });
const needed = { ...reason, required: true } as typeof reason;

export const klingAdmin = {
  declaration: {
    name: 'kling-admin',
    type: ApplicationCommandType.ChatInput,
    description: text('en').adminDescription(),
    description_localizations: others((language) => text(language).adminDescription()),
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    options: [
      subcommand('grant', (language) => text(language).grantDescription(), [credits(mostGrant), needed, ...user]),
      subcommand('revoke', (language) => text(language).revokeDescription(), [credits(mostCredits), needed, ...user]),
      subcommand('allowance', (language) => text(language).allowanceDescription(), [
        figure,
        ...user,
        option(Type.Role, 'role', (language) => text(language).optionRoleDescription()),
        option(Type.String, 'role_id', (language) => text(language).optionRoleIdDescription()),
        option(Type.String, 'server_id', (language) => text(language).optionServerOfRoleDescription()),
        reason,
      ]),
      subcommand('budget', (language) => text(language).budgetDescription(), [
        { ...server, required: true } as typeof server,
        figure,
        option(Type.Boolean, 'unlimited', (language) => text(language).optionUnlimitedDescription()),
        reason,
      ]),
      subcommand('block', (language) => text(language).blockDescription(), [...user, server, reason]),
      subcommand('unblock', (language) => text(language).unblockDescription(), [...user, server, reason]),
      subcommand('pause', (language) => text(language).pauseDescription(), [
        option(Type.String, 'message', (language) => text(language).optionMessageDescription(), described),
      ]),
      subcommand('resume', (language) => text(language).resumeDescription()),
      subcommand('task', (language) => text(language).taskDescription(), [
        option(Type.String, 'task', (language) => text(language).optionTaskDescription(), { required: true }),
        option(Type.String, 'attach', (language) => text(language).optionAttachDescription()),
      ]),
      subcommand('user', (language) => text(language).userDescription(), user),
      subcommand('spend', (language) => text(language).spendDescription()),
      subcommand('balance', (language) => text(language).balanceDescription()),
    ],
  },
  run: (call, { admin }) => admin(call),
} as const satisfies Command;
