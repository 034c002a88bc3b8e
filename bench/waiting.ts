import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again every 50 ms; rejects, naming what was awaited, when it does not hold in time. */
export async function until(holds: () => boolean, what: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs / 1000} s for ${what}`);
    await sleep(50);
  }
}
