import { expect, onTestFinished } from 'vitest';
import { startDiscord } from '#sandbox/discord/discord.ts';
import { makeLeave } from '#src/app/leave.ts';
import { makeIsThere } from '#src/discord/application.ts';
import { openRests } from '#src/discord/rest.ts';
import { newAct, test } from '#test/store.ts';
import { silent } from '../discord/begin.ts';

const operator = '900000000000000001';

test('what managers set goes with the server that the bot has left, and never where Discord does not say so', async ({
  store,
}) => {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const stays = discord.addGuild({ name: 'stays', bot: true });
  const leaves = discord.addGuild({ name: 'leaves', bot: true });
  const unsure = discord.addGuild({ name: 'unsure', bot: true });
  for (const { id } of [stays, leaves, unsure]) {
    const act = newAct('cap', `guild:${id}`, { actor: '700000000000000001' });
    await store.setRule(act, 'cap', { credits: 5, reason: null });
  }
  const known = makeIsThere(openRests(discord.url, discord.botToken).bot);
  const stranger = makeIsThere(openRests(discord.url, 'no-token-of-any-bot').bot);
  const isThere = (id: string) => (id === unsure.id ? stranger(id) : known(id));
  const { leave, tendServers } = makeLeave({ ...store, log: silent, operatorIds: [operator], isThere });
  const caps = async () => (await store.readRules(['cap'])).map(({ subject }) => subject);
  await leave(leaves.id);
  expect(await caps()).toHaveLength(3);
  for (const { id } of [leaves, unsure]) discord.removeBot(id);

  await tendServers();

  expect(await caps()).toEqual([`guild:${stays.id}`, `guild:${unsure.id}`].toSorted());
});
