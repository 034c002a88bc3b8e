// https://discord.com/developers/docs/topics/permissions
export const permission = {
  administrator: 1n << 3n,
  manageGuild: 1n << 5n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readMessageHistory: 1n << 16n,
  mentionEveryone: 1n << 17n,
  useExternalEmojis: 1n << 18n,
  connect: 1n << 20n,
  sendMessagesInThreads: 1n << 38n,
} as const satisfies Record<string, bigint>;

const all = (...bits: bigint[]) => bits.reduce((sum, bit) => sum | bit, 0n);

/** What a bot invited with a sensible link may do in an ordinary channel. */
export const ordinaryPermissions = all(
  permission.viewChannel,
  permission.sendMessages,
  permission.sendMessagesInThreads,
  permission.embedLinks,
  permission.attachFiles,
  permission.readMessageHistory,
  permission.useExternalEmojis,
  permission.connect,
);

/** `app_permissions` where the bot is not a member: Discord's change log of 2023-11-01. */
export const strangerPermissions = all(
  permission.attachFiles,
  permission.embedLinks,
  permission.mentionEveryone,
  permission.useExternalEmojis,
);

export const groupDmPermissions = all(permission.attachFiles, permission.embedLinks, permission.mentionEveryone);

/** Denying SEND_MESSAGES denies what goes with a message too. */
export function effective(granted: bigint, isThread: boolean): bigint {
  const may = granted & (isThread ? permission.sendMessagesInThreads : permission.sendMessages);
  if (may !== 0n) return granted;
  return granted & ~(permission.attachFiles | permission.embedLinks | permission.mentionEveryone);
}
