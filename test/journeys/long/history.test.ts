import { expect, test } from 'vitest';
import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows, privateAnswer } from '#test/outcome.ts';

type Message = { readonly attachments: readonly unknown[]; readonly components: readonly unknown[] };
type Component = {
  readonly custom_id: string;
  readonly label?: string;
  readonly disabled?: boolean;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
};
const hasVideo = ({ attachments }: Message) => attachments.length === 1;
const componentsOf = ({ components }: Message) =>
  (components as { components: Component[] }[]).flatMap((row) => row.components);

test('a member finds all they asked for, shows it again, makes it anew, and has delivered what was not', async () => {
  await using world = await startWorld({ env: { MAX_ACTIVE_TASKS_PER_USER: '9', QUOTA_CREDITS: '9000' } });
  const { discord, database, user, guild, channel } = world;
  const prompts = ['one', 'two', 'three', 'four', 'five', 'six'];
  const asked: InteractionHandle[] = [];
  for (const prompt of prompts) {
    const one = world.kling({ prompt, private: prompt === 'five' });
    await one.waitFor(hasVideo);
    asked.push(one);
  }
  await finishedRows(world);
  const command = (name: string) => {
    return discord.interact({ command: name, options: {}, userId: user.id, guildId: guild.id, channelId: channel.id });
  };

  const list = command('kling-history');
  const newest = await list.waitFor(() => true);
  const find = (fits: (one: Component) => boolean) => componentsOf(list.reply() as Message).find(fits);
  const idOf = (prompt: string) => {
    const options = componentsOf(list.reply() as Message)[0]?.options ?? [];
    return options.find(({ label }) => label === prompt)?.value ?? '';
  };
  const press = (label: string) => list.component({ customId: find((one) => one.label === label)?.custom_id ?? '' });
  const choose = async (prompt: string) => {
    const id = idOf(prompt);
    const customId = find(({ options }) => options !== undefined)?.custom_id ?? '';
    expect(await list.component({ customId, values: [id] }).callback).toMatchObject({ type: 7 });
    return id;
  };

  expect(list.isPrivate()).toBe(true);
  expect(newest.content).toMatch(/six.*five.*four.*three.*two/s);
  expect(newest.content).not.toContain('one**');
  expect(newest.content).toContain(`https://discord.com/channels/${guild.id}/${channel.id}/${asked[5]?.reply()?.id}`);

  await choose('four');
  const shown = press('Show here');
  const again = await shown.waitFor(hasVideo);
  expect(shown.isPrivate()).toBe(false);
  expect(again.content).toMatch(/^\*\*four\*\*/);
  expect(shown.uploads()[0]?.bytes).toEqual(asked[3]?.uploads()[0]?.bytes);

  await choose('five');
  const secret = press('Show here');
  await secret.waitFor(hasVideo);
  expect(secret.isPrivate()).toBe(true);

  await choose('six');
  const anew = press('Again');
  await anew.waitFor(hasVideo);
  expect(anew.isPrivate()).toBe(false);
  await choose('five');
  const anewSecretly = press('Again');
  await anewSecretly.waitFor(hasVideo);
  expect(anewSecretly.isPrivate()).toBe(true);

  expect(await press('Older').callback).toMatchObject({ type: 7 });
  expect(find((one) => one.label === 'Newer')?.disabled).toBe(false);
  expect(find((one) => one.label === 'Edit')).toBeUndefined();
  const id = idOf('one');
  await database.sql`update tasks set delivery = 'undeliverable', token = null where id = ${id}`;
  await choose('one');
  const delivered = press('Show video');
  await eventually(() => delivered.followups.length === 1, 'a word');
  expect(delivered.followups).toMatchObject([{ content: expect.stringContaining('on its way'), flags: 64 | 4 }]);
  await finishedRows(world);
  const [row] = await database.sql`select delivery, rung from tasks where id = ${id}`;
  expect(row).toEqual({ delivery: 'delivered', rung: 'message' });

  // Nothing but the two made anew was paid for.
  expect(world.rivya.tasks).toHaveLength(8);
  expect(await privateAnswer(command('kling-credits'))).toContain('720 spent');
  expect(await privateAnswer(command('kling-help'))).toContain('9,000 per day');
  await expectGoodEnd(world);
});
