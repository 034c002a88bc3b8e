import { userOwner } from '#src/domain/credits.ts';
import { creditsOnPage, type MemberData, videosOnPage } from '#src/domain/member-data.ts';
import type { Sql } from './database.ts';

/** What is told of a member by name, for themselves: no tokens, and nobody else's ids. */
export function memberData({ sql }: { readonly sql: Sql }) {
  /** A page that is not there is the last one. */
  async function readMemberData(userId: string, asked: number): Promise<MemberData> {
    const owner = userOwner(userId);
    const [count] = await sql<{ pages: number }[]>`
      select greatest(1, ceil((select count(*) from tasks where user_id = ${userId}) / ${videosOnPage}::numeric),
        ceil((select count(*) from ledger where owner = ${owner}) / ${creditsOnPage}::numeric))::int as pages`;
    const pages = count?.pages ?? 1;
    const page = Math.min(Math.max(1, asked), pages);
    const inServer = sql`split_part(split_part(owner, ':user:', 1), 'guild:', 2)`;
    const theirs = sql`(owner = ${owner} or owner like ${`guild:%:${owner}`})`;
    const about = sql`(subject = ${owner} or subject like ${`guild:%:${owner}`})`;
    const [settings, deletion, accounts, videos, credits, drafts, begun, rules, acts, reports] = await Promise.all([
      sql`select locale, ping from members where user_id = ${userId}`,
      sql`select asked_at from deletions where user_id = ${userId}`,
      sql`
        select nullif(${inServer}, '') as server, purse as period, granted, held, spent from accounts
        where ${theirs} order by owner, purse desc limit ${creditsOnPage}`,
      sql`
        select id, accepted_at as asked_at, answered_at, first_sent_at as sent_at, rendering_at, closed_at as ended_at,
          delivered_at, erased_at, status, delivery, guild_id as server, channel_id as channel, message_id as message,
          is_private, locale, model, prompt, settings,
          (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
              'name', image->'name', 'size', image->'size', 'link', image->'uploaded'->'url')) order by nth), '[]')
            from jsonb_array_elements(images) with ordinality as each (image, nth)) as images,
          provider_id, held_credits, final_credits, error_code, error_message, result_urls as links,
          kept_bytes
        from tasks where user_id = ${userId}
        order by accepted_at desc, id desc limit ${videosOnPage} offset ${(page - 1) * videosOnPage}`,
      sql`
        select at, kind, amount, purse as period, task_id as video, reason from ledger
        where owner = ${owner} order by id desc limit ${creditsOnPage} offset ${(page - 1) * creditsOnPage}`,
      sql`
        select created_at, closed_at, state, channel_id as channel, message_id as message, prompt, settings,
          (select coalesce(jsonb_agg(jsonb_build_object('name', image->'name', 'size', image->'size')), '[]')
            from jsonb_array_elements(images) as each (image)) as images
        from drafts where user_id = ${userId} order by created_at desc limit ${videosOnPage}`,
      sql`
        select created_at, request->'prompt' as prompt, request->'settings' as settings from openings
        where user_id = ${userId} order by created_at desc limit ${videosOnPage}`,
      sql`
        select nullif(split_part(split_part(subject, ':user:', 1), 'guild:', 2), '') as server, kind, credits, reason, set_at
        from rules where ${about} order by subject, kind`,
      sql`
        select at, action, guild_id as server, facts, reason from audit where ${about} order by id desc limit ${videosOnPage}`,
      sql`
        select raised_at as at, facts ->> 'task' as video from alarms
        where kind = 'report' and facts ->> 'by' = ${userId} order by raised_at desc limit ${videosOnPage}`,
    ]);
    const whole = { settings: settings[0] ?? null, deletionAskedAt: deletion[0]?.askedAt ?? null, accounts };
    return {
      userId,
      exportedAt: new Date(),
      page,
      pages,
      ...whole,
      videos,
      credits,
      drafts,
      begun,
      rules,
      acts,
      reports,
    };
  }

  return { readMemberData };
}
