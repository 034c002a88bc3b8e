import { startWorld, type World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { type Facts, factsOf, isAtRest } from './facts.ts';
import type { Point } from './point.ts';
import { passTime, patienceMs } from './time.ts';
import { setTrap } from './trap.ts';

/** Brings a bot to each of its deaths, lets the last life go on to the end, and says how it ended. */
export async function play({ deaths, scene }: Point): Promise<Facts> {
  const { ask = (world) => [world.kling()], between, after, options, outageMs = 3 * 60_000 } = scene;
  await using world = await startWorld({ ...options, rivya: { minPollMs: 0, ...options?.rivya }, start: false });
  let bot = await boot(world);
  let asked: Awaited<ReturnType<typeof ask>> | undefined;
  for (const death of deaths) {
    const trap = await setTrap(world, death);
    if (asked === undefined) asked = await ask(world, bot);
    else bot = await boot(world);
    await trap.reached(asked);
    await bot.kill('SIGKILL');
    await trap.spring();
    await between?.(world);
    await passTime(world, outageMs);
    if (death === deaths.at(-1)) {
      await boot(world);
      await trap.release();
    }
  }
  await after?.(world, asked ?? []);
  await eventually(() => isAtRest(world), 'all tasks to be closed and shown, and the queue to be empty', patienceMs);
  // The world ends with this block: what is told of it must be known by then.
  return await factsOf(world, asked ?? []);
}

async function boot(world: World) {
  const bot = world.launch();
  await bot.waitForLog(({ msg }) => msg.startsWith('ready'), patienceMs);
  return bot;
}
