const longest = 100;

export type CustomId = { readonly action: string; readonly args: readonly string[] };

/**
 * What a button or a modal does, and to what: `action:argument:…`, at most 100 characters (discord.md §3). Arguments are
 * names of things to look up, never proof of anything: whoever sees a message can send any.
 */
export function customId(action: string, ...args: readonly string[]): string {
  const id = [action, ...args].join(':');
  if (id.length > longest || args.some((arg) => arg.includes(':'))) throw new Error(`no custom id: ${action}`);
  return id;
}

export function readCustomId(text: string): CustomId {
  const [action = '', ...args] = text.split(':');
  return { action, args };
}
