import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import type { RivyaStandIn } from '#sandbox/rivya/start.ts';

type Sample = { readonly providerId: string; readonly dueMs: number; readonly seenMs: number };

/** Reads once a second, on a connection of its own, when each render is due: what is seen is the row, not the bot's word. */
export async function sampleDue(side: postgres.Sql, seconds: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let second = 0; second < seconds; second += 1) {
    samples.push(
      ...(await side<Sample[]>`
        select provider_id as "providerId", extract(epoch from next_poll_at)::float8 * 1000 as "dueMs",
          extract(epoch from clock_timestamp())::float8 * 1000 as "seenMs"
        from tasks where status = 'rendering' and next_poll_at is not null`),
    );
    await sleep(1000);
  }
  return samples;
}

/**
 * Seconds from a render's due time to its request at the provider: the first one after the row was seen. A request
 * before the due time means that the row was seen claimed, its time then being the end of the lease.
 */
export function dueDelays(samples: readonly Sample[], requests: RivyaStandIn['requests']): number[] {
  const reads = Map.groupBy(
    requests.filter(({ method }) => method === 'GET'),
    ({ path }) => path.slice(path.lastIndexOf('/') + 1),
  );
  const distinct = new Map(samples.map((sample) => [`${sample.providerId} ${sample.dueMs}`, sample]));
  return [...distinct.values()].flatMap(({ providerId, dueMs, seenMs }) => {
    const next = reads.get(providerId)?.find(({ at }) => at > seenMs);
    return next === undefined || next.at < dueMs - 20 ? [] : [(next.at - dueMs) / 1000];
  });
}
