import type { World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import type { AtRequest } from './point.ts';
import { sessionsOf } from './sessions.ts';
import { patienceMs } from './time.ts';
import type { Trap } from './trap.ts';

/** What `half` takes of an upload; whoever dies so must have more to send. */
const halfBytes = 300_000;

/** The outside keeps one request waiting, before its effect or after it. */
export async function trapRequest(world: World, death: AtRequest): Promise<Trap> {
  const { at, method, route, fate, skip = 0 } = death;
  const faults = { discord: world.discord.faults, cdn: world.discord.cdnFaults, provider: world.rivya.faults }[at];
  const gate = Promise.withResolvers<void>();
  let isThere = false;
  const hold = () => {
    isThere = true;
    return gate.promise;
  };
  // One that does nothing lets a request pass.
  if (skip > 0) faults.add({ method, route, times: skip });
  faults.add({
    method,
    route,
    hold,
    when: fate === 'taken' ? 'after' : 'before',
    ...(fate === 'late' ? {} : { drop: true }),
    ...(fate === 'half' ? { afterBytes: halfBytes } : {}),
  });

  return {
    async reached() {
      await eventually(() => isThere, `${method} ${route} to be held`, patienceMs);
    },
    async spring() {
      if (fate !== 'late') gate.resolve();
      await sessionsOf(world).ended();
    },
    async release() {
      if (fate !== 'late') return;
      const isRefused = () => world.rivya.requests.some((one) => one.path === route && one.status === 409);
      await eventually(isRefused, 'the next life to ask too', patienceMs);
      gate.resolve();
    },
  };
}
