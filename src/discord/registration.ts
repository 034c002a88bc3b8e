import { isDeepStrictEqual } from 'node:util';
import { type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Application } from './application.ts';
import type { Declaration } from './command.ts';

const Listed = z.array(z.looseObject({ name: z.string() }));

type Owner = Pick<Application, 'id' | 'installTypes'>;

/**
 * Writes the declared commands if Discord's differ, by one bulk overwrite: everywhere, or those of one server. True if it
 * wrote. Throws if Discord refuses.
 */
export async function registerCommands(
  bot: REST,
  { id, installTypes }: Owner,
  declared: readonly Declaration[],
  guildId: string | null = null,
): Promise<boolean> {
  const route = guildId === null ? Routes.applicationCommands(id) : Routes.applicationGuildCommands(id, guildId);
  const wanted = guildId === null ? installable(declared, installTypes) : declared.map(placeless);
  // Without this query Discord leaves translations out, and every start would look like a change.
  const query = new URLSearchParams({ with_localizations: 'true' });
  const listed = Listed.parse(await bot.get(route, { query }));
  const present = guildId === null ? listed : listed.map(placeless);
  if (isSame(wanted, present)) return false;
  await bot.put(route, { body: wanted });
  return true;
}

/** Offered to administrators alone, until they say otherwise. It is no lock: the command checks by itself who sends it. */
export function withheld(declaration: Declaration): Declaration {
  return { ...declaration, default_member_permissions: '0' };
}

/** Just the install types that the application has enabled, since Discord refuses others; with none, the command is left out. */
function installable(declared: readonly Declaration[], enabled: readonly number[]): Declaration[] {
  return declared.flatMap((declaration) => {
    const types = (declaration.integration_types ?? []).filter((type) => enabled.includes(type));
    return types.length === 0 ? [] : [{ ...declaration, integration_types: types }];
  });
}

/** A server's own command is there and nowhere else: what says where belongs to the others (discord.md §2). */
function placeless<T extends object>(command: T): Omit<T, 'contexts' | 'integration_types'> {
  const { contexts: _contexts, integration_types: _types, ...rest } = command as T & Partial<Declaration>;
  return rest as Omit<T, 'contexts' | 'integration_types'>;
}

/** Whether Discord has just these commands: what it adds of its own is left out, what means the same is made the same. */
export function isSame(wanted: readonly object[], present: readonly object[]): boolean {
  const byName = (a: { name?: unknown }, b: { name?: unknown }) => String(a.name).localeCompare(String(b.name));
  const plain = (commands: readonly object[]) => commands.map(essence).toSorted(byName);
  return isDeepStrictEqual(plain(wanted), plain(present));
}

/** Fields that Discord adds to a command (discord.md §2, Application Command Object). */
const added = new Set(['id', 'application_id', 'version', 'guild_id', 'dm_permission', 'default_permission']);
/** What an absent field means. */
const defaults: { readonly [field: string]: unknown } = {
  ...{ type: 1, nsfw: false, required: false, autocomplete: false },
  // Of a command in a menu, which has none.
  description: '',
};
/** Lists whose order means nothing. */
const sets = new Set(['contexts', 'integration_types', 'channel_types', 'file_types']);

function essence(value: object): Record<string, unknown> {
  const entries = Object.entries(value)
    .filter(([field, one]) => !added.has(field) && one !== null && one !== undefined && one !== defaults[field])
    .map(([field, one]) => [field, essenceOf(field, one)] as const)
    .filter(([, one]) => !isEmpty(one));
  return Object.fromEntries(entries);
}

function essenceOf(field: string, value: unknown): unknown {
  // Keyed by locale, and "id" is Indonesian there.
  if (field.endsWith('_localizations')) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => (typeof item === 'object' && item !== null ? essence(item) : item));
    return sets.has(field) ? items.toSorted() : items;
  }
  return typeof value === 'object' && value !== null ? essence(value) : value;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
