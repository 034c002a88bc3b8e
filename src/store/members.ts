import { defaultSettings, type MemberSettings } from '#src/domain/member.ts';
import type { Sql } from './database.ts';

export type Seen = { readonly userId: string; readonly locale: string };

/** What is known of members beyond tasks and credits. */
export function members({ sql }: { readonly sql: Sql }) {
  /** The locales that interactions came with; of one member's the last. Those that are known already cost a read. */
  async function saveLocales(list: readonly Seen[]): Promise<readonly undefined[]> {
    const last = new Map(list.map(({ userId, locale }) => [userId, locale]));
    await sql`
      insert into members (user_id, locale)
      select user_id, seen.locale from unnest(${[...last.keys()]}::text[], ${[...last.values()]}::text[])
        as seen (user_id, locale)
      where not exists (select from members m where m.user_id = seen.user_id and m.locale = seen.locale)
      order by user_id
      on conflict (user_id) do update set locale = excluded.locale`;
    return list.map(() => undefined);
  }

  async function readSettings(userId: string): Promise<MemberSettings> {
    const [row] = await sql<MemberSettings[]>`select ping from members where user_id = ${userId}`;
    return row ?? defaultSettings;
  }

  async function savePing(userId: string, ping: boolean): Promise<MemberSettings> {
    const [row] = await sql<MemberSettings[]>`
      insert into members (user_id, ping) values (${userId}, ${ping})
      on conflict (user_id) do update set ping = excluded.ping
      returning ping`;
    return row ?? defaultSettings;
  }

  /** The locale that a user was last seen with; null: none is known. */
  async function readLocale(userId: string): Promise<string | null> {
    const [row] = await sql<{ locale: string | null }[]>`select locale from members where user_id = ${userId}`;
    return row?.locale ?? null;
  }

  return { saveLocales, readSettings, savePing, readLocale };
}
