import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countsText, sum } from './counts.ts';
import type { Plan } from './plan.ts';
import type { Outcome } from './run-storm.ts';

const mostComplaints = 40;

const repeat = (seed: number) => `npm run chaos -- --runs 1 --seed ${seed}`;

/** One storm in one line. */
export function lineOf(index: number, runs: number, { plan, complaints, seconds, counts }: Outcome): string {
  const number = String(index + 1).padStart(String(runs).length);
  const verdict = complaints.length === 0 ? 'ok    ' : 'FAILED';
  const blows = [...Map.groupBy(plan.blows, ({ kind }) => kind)].map(([kind, list]) => `${kind} ${list.length}`);
  return [
    `${number}  ${verdict}`,
    `seed ${String(plan.seed).padEnd(10)}`,
    `${seconds.toFixed(1).padStart(5)} s`,
    plan.fleet.join('+'),
    `${countsText(counts)}; ${blows.join(', ')}`,
  ].join('  ');
}

/** What went wrong in a storm, all that was done to the bot, and the command that does it again. */
export function reportOf({ plan, complaints }: Outcome): string {
  const shown = complaints.slice(0, mostComplaints);
  return [
    ...indented(shown),
    '',
    '  its plan:',
    ...indented(planLines(plan)),
    '',
    `  again: ${repeat(plan.seed)}`,
    '',
  ].join('\n');
}

export function totalOf(outcomes: readonly Outcome[], seed: number): string {
  const failed = outcomes.filter(({ complaints }) => complaints.length > 0);
  return [
    `${outcomes.length} storms from seed ${seed}: ${outcomes.length - failed.length} passed, ${failed.length} failed`,
    `commands: ${countsText(sum(outcomes.map(({ counts }) => counts)))}`,
    ...failed.map(({ plan }) => `  ${repeat(plan.seed)}`),
  ].join('\n');
}

/** Writes a storm's plan and what its processes printed into a folder of its own. */
export async function keep(outcome: Outcome, under: string): Promise<void> {
  const folder = join(under, String(outcome.plan.seed));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'report.txt'), reportOf(outcome));
  for (const { name, text } of outcome.outputs) await writeFile(join(folder, `${name}.log`), text);
}

function planLines({ commands, blows, members, ...rest }: Plan): string[] {
  return [
    JSON.stringify(rest),
    JSON.stringify({ members }),
    ...commands.map((command, index) => `command ${index} ${JSON.stringify(command)}`),
    ...blows.map((blow) => JSON.stringify(blow)),
  ];
}

const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}`);
