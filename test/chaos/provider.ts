import { setTimeout as sleep } from 'node:timers/promises';
import type { ResultSetup, RivyaTask } from '#sandbox/rivya/types.ts';
import { type Film, indexOfPrompt } from './plan-commands.ts';
import { largeFilm, type Stage } from './stage.ts';

const lookEveryMs = 20;
/** How long after its render's end a film breaks off. */
const cutMs = 1_500;

/** Lets follow what the plan says of a task as soon as the provider has it: its end, its film, the fate of its reply. */
export async function runProvider(stage: Stage, signal: AbortSignal): Promise<void> {
  const seen = new Set<string>();
  while (!signal.aborted) {
    for (const task of stage.rivya.tasks.filter(({ id }) => !seen.has(id))) {
      seen.add(task.id);
      void follow(stage, task, signal).catch(() => {});
    }
    await sleep(lookEveryMs);
  }
}

async function follow({ rivya, typed, commandOf }: Stage, task: RivyaTask, signal: AbortSignal): Promise<void> {
  const command = commandOf(task.body);
  if (command === undefined) return;
  const { render, fate } = command;
  const handle = typed.find(({ index }) => index === indexOfPrompt(task.body.prompt))?.handle;
  if (fate.startsWith('token-dies')) handle?.expireToken();
  if (fate.endsWith('deleted')) handle?.deleteReply();

  rivya.setResult(films[render.film], task.id);
  await sleep(render.afterMs, undefined, { signal });
  if (render.end === 'failure') rivya.fail(task.id, { finalCredits: render.charged ?? 0 });
  await sleep(cutMs, undefined, { signal });
  if (render.film === 'cut') rivya.setResult({}, task.id);
}

const films = {
  plain: {},
  large: { size: largeFilm },
  cut: { truncateAt: 50_000 },
  unsized: { noLength: true },
} as const satisfies Record<Film, ResultSetup>;
