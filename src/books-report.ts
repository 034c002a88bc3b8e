import { styleText } from 'node:util';
import { type AccountBook, type Entry, rightAccount, type TaskFinding } from '#src/domain/books.ts';
import type { Balance } from '#src/domain/credits.ts';
import type { Audit, WrongTask } from './books-audit.ts';

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;
/** Colours where the output is a terminal that wants them. */
const paint: Paint = (format, text) => styleText(format, text, { stream: process.stdout });

const shownHolds = 50;
const bad = paint('red', '✗');
const done = paint('green', '✓');
const asked = paint('cyan', '→');
const aPerson = paint('yellow', 'needs a person');

/** The whole of an audit, for a terminal. */
export function report(where: string, at: Date, found: Audit): string {
  const { accounts, tasks, holds, closed } = found;
  const held = holds.reduce((all, { credits }) => all + credits, 0);
  const booked = closed.settled + closed.writtenOff + closed.corrected;
  const figures = [
    ['accounts', figure(accounts), agree(found.wrongAccounts.length, 'the sum of their ledger lines')],
    ['tasks', figure(tasks), agree(found.wrongTasks.length, 'booked as they ended')],
    ['open holds', figure(holds.length), paint('dim', `${figure(held)} credits`)],
    ['charged', figure(closed.charged), paint('dim', 'by the provider for closed tasks')],
    ['booked', figure(booked), paint(booked === closed.charged ? 'dim' : 'red', bookedAs(closed))],
  ];
  return [
    `${paint('bold', 'Books')} ${paint('dim', `of ${where}, ${moment(at)}`)}`,
    columns(figures, [1]),
    ...(holds.length === 0 ? [] : [paint('bold', 'Open holds'), holdsTable(holds, at)]),
    ...(balances(found) ? [] : [paint('bold', 'Differences'), differences(found)]),
  ].join('\n\n');
}

export function balances({ wrongTasks, wrongAccounts }: Audit): boolean {
  return wrongTasks.length + wrongAccounts.length === 0;
}

/** The last line. */
export function verdict(found: Audit, wasRepaired: boolean): string {
  if (balances(found)) return paint(['bold', 'green'], '✓ The books balance.');
  const { wrongAccounts, wrongTasks } = found;
  const parts = [counted(wrongAccounts.length, 'account'), counted(wrongTasks.length, 'task')].filter(
    (part) => part !== '',
  );
  const what = paint(['bold', 'red'], `✗ The books do not balance: ${parts.join(' and ')}.`);
  if (wasRepaired) return `${what}\n  What is left needs a person.`;
  return `${what}\n  Nothing was changed. npm run books -- --repair writes what is proposed above.`;
}

/** What a repair has written into a task's ledger. */
export function taskRepaired(taskId: string, entries: readonly Entry[]): string {
  return [`${done} task ${taskId}`, entriesTable(entries)].join('\n');
}

export function accountRepaired({ owner, purse }: AccountBook, after: Balance): string {
  return `${done} account ${owner} ${purse} set to ${balance(after)}`;
}

function bookedAs({ settled, writtenOff, corrected, unpriced }: Audit['closed']): string {
  const sign = corrected < 0 ? '-' : '+';
  const corrections = corrected === 0 ? '' : ` ${sign} ${figure(Math.abs(corrected))} corrected`;
  const rest = unpriced === 0 ? '' : `; ${figure(unpriced)} without a price, booked as held`;
  return `${figure(settled)} settled + ${figure(writtenOff)} written off${corrections}${rest}`;
}

const agree = (wrong: number, what: string) =>
  wrong === 0 ? paint('green', `all ${what}`) : paint('red', `${figure(wrong)} not ${what}`);

function holdsTable(holds: Audit['holds'], at: Date): string {
  const rows = holds
    .slice(0, shownHolds)
    .map(({ task, credits }) => [
      task.taskId,
      task.status,
      `${age(at.getTime() - task.acceptedAt.getTime())}`,
      `user:${task.userId}`,
      figure(credits),
    ]);
  const more = holds.length - rows.length;
  const rest = more > 0 ? [paint('dim', `  … and ${figure(more)} more; --csv has all`)] : [];
  return [columns(rows, [4]), ...rest].join('\n');
}

export function differences({ wrongTasks, wrongAccounts }: Audit): string {
  return [...wrongAccounts.map(accountText), ...wrongTasks.flatMap(taskTexts)].join('\n');
}

function accountText(account: AccountBook): string {
  const { owner, purse, kept, ledger } = account;
  const says = kept === null ? 'is missing' : `has ${balance(kept)}`;
  const repair = rightAccount(account) === null ? aPerson : `${asked} set to what its ledger says`;
  return `${bad} account ${owner} ${purse} ${says}; its ledger says ${balance(ledger)}\n    ${repair}`;
}

/** One for each thing that is wrong with a task, however many owners it is wrong for. */
function taskTexts({ task, findings }: WrongTask): string[] {
  return [...Map.groupBy(findings, wrongText)].map(([what, those]) => {
    const entries = those.flatMap((finding) => finding.entries);
    const owners = those.map(({ owner }) => owner).join(', ');
    const repair = entries.length === 0 ? `    ${aPerson}: ${owners}` : entriesTable(entries);
    return `${bad} task ${task.taskId} (${task.status}) ${what}\n${repair}`;
  });
}

function wrongText(finding: TaskFinding): string {
  switch (finding.wrong) {
    case 'no-hold':
      return 'was never held';
    case 'uneven':
      return 'does not hold what it holds on the bot';
    case 'open-hold':
      return finding.credits > 0
        ? `still holds ${figure(finding.credits)}`
        : `gave back ${figure(-finding.credits)} more than it held`;
    case 'price':
      return `was charged at ${figure(finding.charged)} and has ${figure(finding.booked)} booked`;
    default:
      return finding satisfies never;
  }
}

/** Each line as the ledger is to have it, those with one reason together. */
function entriesTable(entries: readonly Entry[]): string {
  const rows = entries.map(({ kind, amount, owner, purse }) => [`  ${asked} ${kind}`, figure(amount), owner, purse]);
  const lines = columns(rows, [1]).split('\n');
  const reasons = Map.groupBy(lines, (_, index) => entries[index]?.reason ?? '');
  return [...reasons].flatMap(([reason, those]) => [...those, paint('dim', `      “${reason}”`)]).join('\n');
}

const balance = ({ granted, held, spent }: Balance) =>
  `held ${figure(held)}, spent ${figure(spent)}${granted === 0 ? '' : `, granted ${figure(granted)}`}`;

const counted = (count: number, what: string) =>
  count === 0 ? '' : `${figure(count)} ${what}${count === 1 ? '' : 's'}`;

const figure = (value: number) => value.toLocaleString('en-US');
const moment = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** How long ago. */
function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}

/** Rows with their columns under each other; those named by number stand to the right. */
function columns(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) => {
    const width = widths[column] ?? 0;
    return right.includes(column) ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) => `  ${row.map(cell).join('  ').trimEnd()}`).join('\n');
}
