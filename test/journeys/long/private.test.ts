import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';

const hasVideo = ({ attachments }: { readonly attachments: readonly unknown[] }) => attachments.length === 1;

test('what a member asks for in private only they see, to the end: in the reply, or late by DM', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const { discord, rivya, database, user } = world;
  const inTime = world.kling({ prompt: 'a secret fox', private: true });
  const late = world.kling({ prompt: 'a slow fox', private: true });
  const open = world.kling({ prompt: 'a fox for all', private: false });
  const all = [inTime, late, open];
  await eventually(() => rivya.tasks.length === 3, 'all at the provider');
  const said = await Promise.all(all.map((one) => one.waitFor(() => true)));

  const idOf = (prompt: string) => rivya.tasks.find(({ body }) => body.prompt === prompt)?.id ?? '';
  rivya.finish(idOf('a secret fox'));
  rivya.finish(idOf('a fox for all'));
  await Promise.all([inTime, open].map((one) => one.waitFor(hasVideo)));
  late.expireToken();
  await database.sql`update tasks set token_expires_at = now() where prompt = 'a slow fox'`;
  rivya.finish(idOf('a slow fox'));
  const dm = await eventually(() => discord.dms(user.id)[0], 'the video by DM');
  const rows = await finishedRows(world);

  expect(said.map(({ flags }) => flags & 64)).toEqual([64, 64, 0]);
  expect(said.map(({ content }) => content.includes('comes by DM'))).toEqual([true, true, false]);
  expect(hasVideo(dm)).toBe(true);
  expect(rows.map(({ rung }) => rung).toSorted()).toEqual(['dm', 'reply', 'reply']);
  const seenByAll = discord.messages(world.channel.id).filter(({ flags }) => (flags & 64) === 0);
  expect(seenByAll.map(({ id }) => id)).toEqual([open.reply()?.id]);
  // No word of it goes to the provider.
  expect(rivya.tasks.map(({ body }) => Object.keys(body.params as object).includes('private'))).toEqual([
    false,
    false,
    false,
  ]);
  await expectGoodEnd(world);
});
