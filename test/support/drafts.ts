import { randomUUID } from 'node:crypto';
import type { Database } from '#src/store/database.ts';
import type { NewDraft } from '#src/store/drafts.ts';

let messages = 400_000_000_000_000_000n;

/** A member's message, later than all before it, that asks for a fox; the test says only what matters to it. */
export function newDraft(more: Partial<NewDraft> = {}): NewDraft {
  messages += 1n;
  return {
    id: randomUUID(),
    userId: '200000000000000001',
    channelId: '300000000000000001',
    messageId: String(messages),
    prompt: 'a fox',
    settings: { mode: 'pro', duration: '5' },
    images: [],
    hasAllowance: true,
    told: null,
    ...more,
  };
}

/** Lets time pass for the drafts of all members, or of one. */
export async function ageDrafts({ sql }: Database, ms: number, userId: string | null = null): Promise<void> {
  const by = sql`${ms} * interval '1 ms'`;
  await sql`
    update drafts set created_at = created_at - ${by}, closed_at = closed_at - ${by}, show_at = show_at - ${by}
    where ${userId === null ? sql`true` : sql`user_id = ${userId}`}`;
}
