import { expect } from 'vitest';
import { unbalanced, unsettled, wrongTasks } from './books.ts';
import type { World } from './bot.ts';
import { eventually } from './eventually.ts';

/** What must hold after every journey: the books balance, both outside worlds saw good manners, no open job is left. */
export async function expectGoodEnd({ discord, rivya, database }: World): Promise<void> {
  expect(discord.violations).toEqual([]);
  expect(rivya.violations).toEqual([]);
  expect(await unbalanced(database)).toEqual([]);
  expect(await unsettled(database)).toEqual([]);
  expect(await wrongTasks(database)).toEqual([]);
  await eventually(async () => {
    const [row] = await database.sql`
      select count(*)::int as jobs from pgboss.job where name in ('submit', 'deliver') and state in ('created', 'retry', 'active')`;
    return row?.jobs === 0;
  }, 'the queue to be empty');
}

/** A private answer to a command, as the member reads it; nothing else may have happened. */
export async function privateAnswer(interaction: ReturnType<World['kling']>): Promise<string> {
  const { data } = await interaction.callback;
  const reply = await interaction.waitFor(() => true);
  expect(interaction.isPrivate()).toBe(true);
  expect(data).toHaveProperty('content');
  return reply.content;
}

/** The tasks' rows, oldest first. */
export async function taskRows({ database }: World) {
  return database.sql<
    {
      id: string;
      status: string;
      delivery: string;
      rung: string | null;
      errorCode: string | null;
      heldCredits: number;
    }[]
  >`select id, status, delivery, rung, error_code, held_credits from tasks order by accepted_at, id`;
}

/** The same, once every task is closed and shown (or given up on). */
export function finishedRows(world: World) {
  return eventually(async () => {
    const rows = await taskRows(world);
    const isOpen = ({ status, delivery }: (typeof rows)[number]) =>
      delivery === 'pending' || ['accepted', 'submitting', 'rendering'].includes(status);
    return rows.some(isOpen) ? undefined : rows;
  }, 'all tasks to be finished');
}
