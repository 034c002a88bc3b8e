import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { holdsNow } from '#src/domain/books.ts';
import { bot } from '#src/domain/credits.ts';
import type { Books } from '#src/store/books.ts';

type Cell = string | number | Date | null;
type Table<Row> = { readonly [column: string]: (row: Row) => Cell };

/** Writes the books into a folder, which is made if need be: three tables, row by row, never whole in memory. */
export async function writeCsv(folder: string, books: Books): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = <Row>(name: string, rows: AsyncIterable<Row>, table: Table<Row>) =>
    pipeline(Readable.from(linesOf(rows, table)), createWriteStream(join(folder, name), { mode: 0o600 }));

  await write('accounts.csv', books.accounts(), {
    owner: ({ owner }) => owner,
    purse: ({ purse }) => purse,
    granted: ({ kept }) => kept?.granted ?? null,
    held: ({ kept }) => kept?.held ?? null,
    spent: ({ kept }) => kept?.spent ?? null,
    ledger_granted: ({ ledger }) => ledger.granted,
    ledger_held: ({ ledger }) => ledger.held,
    ledger_spent: ({ ledger }) => ledger.spent,
  });
  await write('ledger.csv', books.ledger(), {
    id: ({ id }) => id,
    at: ({ at }) => at,
    owner: ({ owner }) => owner,
    purse: ({ purse }) => purse,
    task: ({ taskId }) => taskId,
    kind: ({ kind }) => kind,
    amount: ({ amount }) => amount,
    source: ({ source }) => source,
    actor: ({ actor }) => actor,
    reason: ({ reason }) => reason,
  });
  await write('tasks.csv', books.tasks(), {
    task: ({ taskId }) => taskId,
    accepted_at: ({ acceptedAt }) => acceptedAt,
    status: ({ status }) => status,
    user: ({ userId }) => `user:${userId}`,
    guild: ({ guildId }) => (guildId === null ? null : `guild:${guildId}`),
    charged: ({ finalCredits }) => finalCredits,
    held: ({ purses }) => ofBot(purses, holdsNow),
    settled: ({ purses }) => ofBot(purses, ({ settled }) => settled),
    written_off: ({ purses }) => ofBot(purses, ({ writtenOff }) => writtenOff),
    corrected: ({ purses }) => ofBot(purses, ({ corrected }) => corrected),
  });
}

function ofBot<P extends { readonly owner: string }>(purses: readonly P[], figure: (purse: P) => number): number {
  return purses.filter(({ owner }) => owner === bot).reduce((all, purse) => all + figure(purse), 0);
}

async function* linesOf<Row>(rows: AsyncIterable<Row>, table: Table<Row>): AsyncIterable<string> {
  const cells = Object.values(table);
  yield `${Object.keys(table).join(',')}\r\n`;
  for await (const row of rows) yield `${cells.map((cell) => field(cell(row))).join(',')}\r\n`;
}

/** RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (cell instanceof Date) return cell.toISOString();
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
