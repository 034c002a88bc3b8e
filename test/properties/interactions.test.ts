import fc from 'fast-check';
import { expect } from 'vitest';
import { readCall } from '#src/discord/calls.ts';
import { unbalanced } from '#test/books.ts';
import { test } from '#test/database.ts';
import { check, property } from '#test/property.ts';
import { begin } from './answering.ts';
import { anyJson, nearly } from './arbitraries.ts';
import { animate, command, form, press } from './events.ts';

property(
  'any event is a call, or none, or refused as not Discord’s',
  [fc.oneof(nearly(command), nearly(animate), nearly(press), nearly(form), anyJson)],
  (raw) => {
    try {
      const call = readCall(raw);
      if (call === null) return;
      expect(call.id).toMatch(/^\d{5,20}$/);
      expect(call.userId).toMatch(/^\d{5,20}$/);
      expect(call.token).not.toBe('');
      expect(Number.isNaN(call.reply.tokenExpiresAt.getTime())).toBe(false);
      expect(Number.isSafeInteger(call.reply.sizeLimit)).toBe(true);
      if ('customId' in call) expect(call.customId.length).toBeLessThanOrEqual(100);
    } catch (error) {
      expect(['ZodError', 'Error']).toContain((error as Error).name);
    }
  },
);

type Row = {
  id: string;
  status: string;
  prompt: string;
  settings: object;
  images: { discordUrl?: string }[];
  heldCredits: number;
};

test('any event makes one task with just its hold, or none and not a line in the books', async ({ task, database }) => {
  const { dispatch, drain, logged } = await begin(database);
  const { sql } = database;
  let made = 0;

  await check(
    task,
    [fc.oneof(nearly(command), nearly(command), nearly(animate), nearly(press), nearly(form), anyJson), fc.boolean()],
    async (raw, isTwice) => {
      await sql`truncate tasks, ledger, accounts, alarms cascade`;
      logged.length = 0;

      dispatch(raw);
      // The same event seen again, as after a RESUME.
      if (isTwice) dispatch(structuredClone(raw));
      await drain();

      const rows = await sql<Row[]>`select id, status, prompt, settings, images, held_credits from tasks`;
      const lines = await sql<
        { owner: string; kind: string; amount: number }[]
      >`select owner, kind, amount from ledger`;
      expect(rows.length).toBeLessThanOrEqual(1);
      expect(await unbalanced(database)).toEqual([]);
      expect(logged.join()).not.toMatch(/aW50ZXJhY3Rpb24|hm=abc|a naked fox/);
      const [row] = rows;
      if (row === undefined) return expect(lines).toEqual([]);
      made += 1;
      expect(row.prompt.trim().length > 0 && row.prompt.length <= 2000).toBe(true);
      for (const { discordUrl } of row.images) expect(discordUrl).toMatch(/^https:\/\/cdn\.discordapp\.com\//i);
      expect(Object.keys(row.settings).toSorted()).toEqual([
        'aspect_ratio',
        'duration',
        'mode',
        'multi_shots',
        'sound',
      ]);
      const holds = lines.filter(({ kind }) => kind === 'hold');
      for (const whose of new Set(lines.map((line) => line.owner))) {
        expect(holds.filter((line) => line.owner === whose).reduce((sum, { amount }) => sum + amount, 0)).toBe(
          row.heldCredits,
        );
      }
      expect(holds.some((line) => line.owner === 'bot') && holds.some((line) => line.owner.startsWith('user:'))).toBe(
        true,
      );
    },
    { share: 0.4 },
  );

  expect(made).toBeGreaterThan(0);
}, 900_000);
