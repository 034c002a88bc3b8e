import type { APIInteractionResponse } from 'discord.js';
import { describe, expect, type TestContext, test } from 'vitest';
import { kling as command } from '#commands/kling.ts';
import { makeIsMember, readApplication } from '#src/discord/application.ts';
import { makeCallback } from '#src/discord/callback.ts';
import { textBody } from '#src/discord/messages.ts';
import { registerCommands } from '#src/discord/registration.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { eventually } from '#test/eventually.ts';
import { begin } from '../discord/begin.ts';
import { discordFaults, stalledUntil, type Where } from './discord-faults.ts';

type World = Awaited<ReturnType<typeof start>>;
type Row = {
  readonly name: string;
  readonly where: Where;
  /** Default true: the interaction has its answer. */
  readonly isAnswered?: boolean;
  /** Requests that one call may cost while the fault stays; default 2. */
  readonly most?: number;
  /** One call, as the bot makes it; rejects or gives `undefined` where it is to be made again later. */
  call(world: World): Promise<unknown>;
  /** What it gives in the end. */
  gives(world: World): unknown;
  /** What is to be seen at Discord in the end. */
  leaves?(world: World): readonly [seen: unknown, wanted: unknown];
};

const original = '/webhooks/:app/:token/messages/@original';
const commands = '/applications/:app/commands';
const accepted: APIInteractionResponse = { type: 4, data: { content: 'Accepted', allowed_mentions: { parse: [] } } };
const known = <T>(value: T | 'unknown') => (value === 'unknown' ? undefined : value);
const contents = ({ it }: World) => it.states.map(({ message }) => message.content);

const rows: readonly Row[] = [
  {
    name: 'the answer to an interaction',
    where: { method: 'POST', route: '/interactions/:id/:token/callback' },
    isAnswered: false,
    most: 20,
    call: async ({ rests, command }) => known(await makeCallback(rests.callbacks)(command, accepted)),
    gives: () => expect.toSatisfy((answered) => answered === 'already' || typeof answered === 'object'),
    leaves: (world) => [contents(world), ['Accepted']],
  },
  {
    name: 'the look at a reply',
    where: { method: 'GET', route: original },
    call: async ({ rests, command }) => known(await makeReplies(rests.webhooks).lookUpReply(command.reply)),
    gives: ({ it }) => ({ messageId: it.reply()?.id, isPrivate: false }),
  },
  {
    name: 'an edit of a reply',
    where: { method: 'PATCH', route: original },
    call: ({ rests, command }) =>
      makeReplies(rests.webhooks)
        .editReply(command.reply, textBody('Edited'))
        .then(() => true),
    gives: () => true,
    leaves: (world) => [contents(world).at(-1), 'Edited'],
  },
  {
    name: 'a private word',
    where: { method: 'POST', route: '/webhooks/:app/:token' },
    call: ({ rests, command }) =>
      makeReplies(rests.webhooks)
        .tellPrivately(command.reply, 'Why')
        .then(() => true),
    gives: () => true,
    // It has no nonce, and better said twice than never.
    leaves: ({ it }) => [[...new Set(it.followups.map(({ content }) => content))], ['Why']],
  },
  {
    name: 'whether somebody is a member',
    where: { method: 'GET', route: '/guilds/:guild/members/:user' },
    call: ({ rests, guild, user }) => makeIsMember(rests.bot)(guild.id, user.id),
    gives: () => true,
  },
  {
    name: 'the application',
    where: { method: 'GET', route: '/applications/@me' },
    call: ({ rests }) => readApplication(rests.bot),
    gives: ({ discord }) => expect.objectContaining({ id: discord.applicationId }),
  },
  {
    name: 'the bot’s own user',
    where: { method: 'GET', route: '/users/@me' },
    call: ({ rests }) => readApplication(rests.bot),
    gives: ({ discord }) => expect.objectContaining({ botUserId: discord.botUserId }),
  },
  {
    name: 'the list of commands',
    where: { method: 'GET', route: commands },
    call: (world) => register(world, 'Animate'),
    gives: () => expect.any(Boolean),
    leaves: ({ discord }) => [discord.commands.list().map(({ command }) => command.name), ['animate']],
  },
  {
    name: 'the writing of commands',
    where: { method: 'PUT', route: commands },
    call: (world) => register(world, 'Animate'),
    gives: () => expect.any(Boolean),
    leaves: ({ discord }) => [discord.commands.list().map(({ command }) => command.name), ['animate']],
  },
];

const register = ({ rests, discord }: World, name: string) =>
  registerCommands(rests.bot, { id: discord.applicationId, installTypes: [0, 1] }, [
    { ...command.declaration, name: name.toLowerCase() },
  ]);

async function start({ isAnswered = true }: Row, { onTestFinished }: TestContext) {
  const world = await begin({}, onTestFinished);
  // Many tests run side by side: what is slow for that is not late.
  const { it, call: command } = world.use({ answerWithinMs: 60_000 });
  if (isAnswered) await makeCallback(world.rests.callbacks)(command, accepted);
  return { ...world, it, command };
}

const callsOf = ({ discord }: World, { where }: Row) =>
  discord.requests.filter(({ method, route }) => method === where.method && isRoute(route, where.route));

/** The stand-in names the parts of its routes in its own way. */
const isRoute = (route: string, wanted: string) => shape(route) === shape(wanted);
const shape = (route: string) => route.replaceAll(/:\w+/g, ':');

describe.concurrent.each(rows)('$name', (row) => {
  test.for(discordFaults)('survives $name', async (fault, context) => {
    const { expect } = context;
    const world = await start(row, context);
    fault.strike(world.discord, row.where, stalledUntil(context));

    let given = await row.call(world).catch(() => undefined);
    for (let again = 0; again < 3 && given === undefined; again += 1) {
      given = await row.call(world).catch(() => undefined);
    }

    expect(given).toEqual(row.gives(world));
    const [seen, wanted] = row.leaves?.(world) ?? [];
    expect(seen).toEqual(wanted);
    expect(world.discord.violations).toEqual([]);
  });

  const forEver = { times: 10_000 };
  test.for<readonly [string, (world: World, stalled: Promise<void>) => unknown]>([
    ['a server error', ({ discord }) => discord.faults.add({ ...row.where, ...forEver, status: 503 })],
    ['a drop', ({ discord }) => discord.faults.add({ ...row.where, ...forEver, drop: true })],
    ['a stall', ({ discord }, hold) => discord.faults.add({ ...row.where, ...forEver, hold, drop: true })],
    ['a 429', ({ discord }) => discord.faults.rateLimit({ ...row.where, ...forEver, retryAfter: 600 })],
    [
      'a global 429',
      ({ discord }) => discord.faults.rateLimit({ ...row.where, ...forEver, retryAfter: 600, global: true }),
    ],
    ['a 429 that names no time', ({ discord }) => discord.faults.add({ ...row.where, ...forEver, status: 429 })],
  ])('lets go of %s that stays, after few requests', async ([, strike], context) => {
    const { expect } = context;
    const world = await start(row, context);
    strike(world, stalledUntil(context));

    expect(await row.call(world).catch(() => undefined)).toBeUndefined();
    expect(callsOf(world, row).length).toBeGreaterThan(0);
    expect(callsOf(world, row).length).toBeLessThanOrEqual(row.most ?? 2);
  });
});

describe.concurrent('an answer is in time', () => {
  const answer: Row = rows[0] ?? expect.unreachable('the first row');

  test.for([
    ['a global rate limit of the bot', false],
    ['three hundred calls that stall', true],
  ] as const)('whatever %s', async ([, isStall], context) => {
    const { expect } = context;
    const world = await start(answer, context);
    const { discord, rests, guild, user, it: earlier, command } = world;
    const others = /^\/(webhooks|guilds)\//;
    if (isStall) discord.faults.add({ route: others, times: 10_000, hold: stalledUntil(context), drop: true });
    else discord.faults.rateLimit({ route: others, times: 10_000, retryAfter: 600, global: true });
    const { lookUpReply } = makeReplies(rests.webhooks);
    const calls = Array.from({ length: isStall ? 300 : 1 }, (_, index) => [
      rests.bot.get(`/guilds/${guild.id}/members/${user.id}`).catch(() => {}),
      lookUpReply({ ...command.reply, token: `${earlier.token}${index}` }),
    ]);
    await eventually(() => discord.requests.some(({ path }) => path.startsWith('/webhooks')), 'the other calls');

    const { it, call } = world.use({ answerWithinMs: 60_000 });

    expect(await makeCallback(rests.callbacks)(call, accepted)).not.toBe('unknown');
    expect(await it.callback).toMatchObject({ type: 4 });
    discord.faults.clear();
    await Promise.all(calls.flat());
  });
});
