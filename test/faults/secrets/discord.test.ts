import { test } from 'vitest';
import type { Fault } from '#sandbox/discord/discord.ts';
import { eventually } from '#test/eventually.ts';
import {
  allFinished,
  aPrompt,
  expectTold,
  runAndSearch,
  type SecretWorld,
  startSecretWorld,
  unguessable,
} from './world.ts';

test('whatever fails at Discord, nothing secret is printed, kept in the queue or left in a row', async () => {
  await using world = await startSecretWorld();

  const bot = await runAndSearch(world, failAtDiscord, refuseData, sendRubbish, loseTheGateway);

  expectTold(bot, 'data not told', 'command failed', 'post not taken', 'rung closed', 'undeliverable: no rung took it');
  expectTold(bot, 'an interaction that cannot be read', 'gateway reconnecting');
}, 120_000);

/** Each answer, edit and post of Discord's refused in turn, the refusals quoting what was sent. */
async function failAtDiscord(world: SecretWorld): Promise<void> {
  const { discord, kling, database } = world;
  const prompt = aPrompt();
  const errors = { content: { _errors: [{ code: 'BASE_TYPE_BAD', message: `"${prompt}" must be shorter.` }] } };
  const invalid = { message: `Invalid ${prompt}`, code: 50035, errors };
  const refusals: Omit<Fault, 'route'>[] = [
    { status: 400, body: { message: `Blocked: ${prompt}`, code: 200000 } },
    { status: 400, body: invalid },
    { status: 403, body: { message: prompt, code: 50013 } },
    { status: 500, body: { message: prompt } },
    { status: 200, body: { id: 5, content: prompt } },
    { status: 413, body: { message: prompt, code: 40005 } },
    { drop: true },
    { drop: true, when: 'after' },
  ];
  const callback = '/interactions/:id/:token/callback';
  for (const fault of refusals) {
    discord.faults.add({ route: callback, ...fault, times: fault.status === 400 ? 2 : 1 });
    await kling({}, prompt).callback.catch(() => {});
  }
  for (const code of [10062, 40060])
    discord.faults.add({ route: callback, status: code === 10062 ? 404 : 400, body: { message: prompt, code } });
  kling({}, prompt);
  kling({}, prompt);
  await allFinished(world);
  discord.faults.clear();

  const edit = /@original/;
  for (const fault of refusals) {
    discord.faults.add({ method: 'PATCH', route: edit, ...fault });
    kling({}, prompt);
  }
  discord.faults.rateLimit({ method: 'PATCH', route: edit, retryAfter: 0.1 });
  await allFinished(world);
  discord.faults.clear();

  // With the token dead: by the bot's own token, in the channel, by DM.
  world.rivya.render = 'manual';
  const late = refusals.map(() => kling({}, prompt));
  await eventually(() => world.rivya.tasks.filter(isOpen).length >= late.length, 'the renders');
  await eventually(async () => {
    const [row] = await database.sql`select count(*)::int as n from tasks where status = 'submitting'`;
    return row?.n === 0;
  }, 'all to render');
  await database.sql`update tasks set token_expires_at = now() where status = 'rendering'`;
  for (const interaction of late) {
    interaction.expireToken();
    interaction.deleteReply();
  }
  const posts = '/channels/:id/messages';
  for (const fault of refusals) discord.faults.add({ method: 'POST', route: posts, ...fault });
  for (const fault of refusals) discord.faults.add({ method: 'POST', route: '/users/@me/channels', ...fault });
  for (const fault of refusals.slice(1, 5)) discord.faults.add({ method: 'GET', route: posts, ...fault });
  for (const { id } of world.rivya.tasks.filter(isOpen)) world.rivya.finish(id);
  await allFinished(world);
  world.rivya.render = 'auto';
  discord.faults.clear();
}

/** All that a member ever asked for, in one file, refused on its way to them. */
async function refuseData({ discord, secrets, user, guild, channel }: SecretWorld): Promise<void> {
  const body = {
    message: 'Invalid',
    code: 50035,
    errors: { content: { _errors: [{ code: 'X', message: aPrompt() }] } },
  };
  for (const fault of [{ status: 400, body }, { status: 403, body }, { drop: true }]) {
    discord.faults.add({ method: 'PATCH', route: /@original/, ...fault });
    const options = [{ name: 'data', type: 1, options: [] }] as never;
    const place = { userId: user.id, guildId: guild.id, channelId: channel.id };
    const asked = discord.interact({ command: 'kling-me', options, ...place });
    secrets.add('a token of an interaction', asked.token);
    await asked.waitFor(({ content }) => content !== '');
  }
  discord.faults.clear();
}

async function loseTheGateway({ discord }: SecretWorld): Promise<void> {
  const { readies } = discord.gateway;
  discord.gateway.invalidate();
  await eventually(() => discord.gateway.readies > readies, 'the gateway to be back');
}

/** Events that no Discord sends, quoting what must not be told. */
async function sendRubbish({ discord, kling, secrets, guild }: SecretWorld): Promise<void> {
  const said = unguessable('r').padEnd(40, 'r');
  secrets.add('what an event that cannot be read holds', said);
  const { payload } = kling();
  const { data } = payload as { data: object };
  const rubbish = [
    { type: 2 },
    { type: 2, token: said, data: { type: 1, name: said } },
    { ...payload, id: said },
    { ...payload, token: 5, data: { ...data, options: said } },
    { ...payload, id: '1', data: { type: 1, name: said, options: [{ name: said, type: 3, value: { said } }] } },
    { ...payload, id: '2', type: 3, data: { component_type: 2, custom_id: `${said}:${said}` }, message: { id: '3' } },
    { ...payload, id: '4', type: 5, data: { custom_id: said, components: [{ said }] } },
    { ...payload, id: '5', member: { user: { id: said } } },
    { ...payload, id: '6', type: said },
  ];
  for (const one of rubbish) discord.gateway.dispatch('INTERACTION_CREATE', one as never, { guildId: guild.id });
}

const isOpen = ({ doneAt }: { doneAt: number | undefined }) => doneAt === undefined;
