import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import type { Rung } from '#src/domain/task.ts';
import { type Database, openDatabase } from '#src/store/database.ts';
import { createDatabase, type TestDatabase } from '#test/database.ts';
import { startDelivering } from './delivering.ts';
import { discordFaults, stalledUntil, type Where } from './discord-faults.ts';

/** More than the sockets of both sides hold. */
const large = Buffer.alloc(16 * 2 ** 20, 'film');
const minutes = 60_000;

let created: TestDatabase;
let database: Database;
beforeAll(async () => {
  created = await createDatabase();
  database = openDatabase(created.url);
});
afterAll(async () => {
  await database.close();
  await created[Symbol.asyncDispose]();
});

const start = (rung: Rung, outcome: 'video' | 'notice', context: TestContext, bytes?: Buffer) =>
  startDelivering(database, rung, outcome, context, bytes);

/** Every route that shows an outcome, and what is shown by it. */
const rows: readonly (readonly [Rung, 'video' | 'notice', Where])[] = (['video', 'notice'] as const).flatMap(
  (outcome) =>
    [
      ['reply', outcome, { method: 'PATCH', route: '/webhooks/:app/:token/messages/@original' }],
      ['message', outcome, { method: 'PATCH', route: '/channels/:channel/messages/:message' }],
      ['channel', outcome, { method: 'POST', route: '/channels/:channel/messages' }],
      ['dm', outcome, { method: 'POST', route: '/channels/:channel/messages' }],
      ['dm', outcome, { method: 'POST', route: '/users/@me/channels' }],
    ] as const,
);

describe.concurrent.each(rows)('on the rung %s a %s by %o', (rung, outcome, where) => {
  test.for(discordFaults)('is shown once after $name', async (fault, context) => {
    const { expect } = context;
    const world = await start(rung, outcome, context);
    fault.strike(world.discord, where, stalledUntil(context));

    await world.deliver();
    for (let again = 0; again < 2 && (await world.task()).delivery === 'pending'; again += 1) {
      // A post that may have landed is looked for first, and not before Discord shows it to everybody.
      if ((await world.task()).rungAt !== null) await world.age(3 * minutes);
      await world.deliver();
    }

    expect(await world.task()).toMatchObject({ delivery: 'delivered', rung });
    expect(world.shown()).toMatchObject([{ attachments: { length: outcome === 'video' ? 1 : 0 } }]);
    expect(world.discord.violations).toEqual([]);
  });
});

describe.concurrent('a post that surely did not land is repeated at once, without the two minutes of one that may have', () => {
  test.for(discordFaults.filter(({ kind }) => kind === 'refused'))('$name', async (fault, context) => {
    const { expect } = context;
    const { discord, deliver, task, shown } = await start('channel', 'notice', context);
    // Longer than a call waits.
    discord.faults.rateLimit({
      method: 'POST',
      route: '/channels/:channel/messages',
      retryAfter: 30,
      global: fault.name.includes('whole'),
    });

    await deliver();

    expect(await task()).toMatchObject({ delivery: 'pending', rungAt: null });
    expect(shown()).toEqual([]);
  });

  test('a video whose body was not taken to its end', async (context) => {
    const { expect } = context;
    const { discord, deliver, task, shown } = await start('channel', 'video', context, large);
    discord.faults.add({ method: 'POST', route: '/channels/:channel/messages', drop: true, afterBytes: 20_000 });

    await deliver();
    expect(await task()).toMatchObject({ delivery: 'pending', rungAt: null });
    await deliver();

    expect(await task()).toMatchObject({ delivery: 'delivered', rung: 'channel' });
    expect(shown()).toHaveLength(1);
  });
});

describe.concurrent('the look for an earlier post', () => {
  const lost = { method: 'POST', route: '/channels/:channel/messages', when: 'after', drop: true } as const;

  const both = (['channel', 'dm'] as const).flatMap((rung) => discordFaults.map((fault) => [rung, fault] as const));

  test.for(both)('on the rung %s survives $1.name', async ([rung, fault], context) => {
    const { expect } = context;
    const world = await start(rung, 'video', context);
    world.discord.faults.add(lost);
    await world.deliver();
    await world.age(3 * minutes);
    fault.strike(world.discord, { method: 'GET', route: '/channels/:channel/messages' }, stalledUntil(context));

    for (let again = 0; again < 2 && (await world.task()).delivery === 'pending'; again += 1) await world.deliver();

    expect(await world.task()).toMatchObject({ delivery: 'delivered', rung });
    expect(world.shown()).toHaveLength(1);
    expect(
      world.discord.requests.filter(
        ({ method, route }) => method === 'POST' && route === '/channels/:channel/messages',
      ),
    ).toHaveLength(1);
  });

  test.for(discordFaults)('in a DM survives $name on the way to the DM', async (fault, context) => {
    const { expect } = context;
    const world = await start('dm', 'video', context);
    world.discord.faults.add(lost);
    await world.deliver();
    await world.age(3 * minutes);
    fault.strike(world.discord, { method: 'POST', route: '/users/@me/channels' }, stalledUntil(context));

    for (let again = 0; again < 2 && (await world.task()).delivery === 'pending'; again += 1) await world.deliver();

    expect(await world.task()).toMatchObject({ delivery: 'delivered', rung: 'dm' });
    expect(world.shown()).toHaveLength(1);
  });
});
