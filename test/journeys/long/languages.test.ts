import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd, privateAnswer } from '#test/outcome.ts';

test.each([
  {
    locale: 'zh-CN',
    waiting: '-# 专业 · 5 秒 · 16:9 · 排队中，视频做好后会出现在这条消息里',
    done: '-# 专业 · 5 秒 · 16:9 · 90 积分 · 剩余 1,010',
    refused: '提示词是空的，请填写 1 到 2,000 个字符。没有扣除积分。',
    failed: '❌ 视频服务商没能做出这个视频。对方的说明：“Too dark\\.”。积分已退还给你。',
    byDm: '-# 专业 · 5 秒 · 16:9 · 90 积分 · 剩余 920',
  },
  {
    locale: 'nl',
    waiting: '-# Pro · 5 s · 16:9 · in de wachtrij; dit bericht wordt straks de video',
    done: '-# Pro · 5 s · 16:9 · 90 credits · nog 1.010 over',
    refused: 'De prompt is leeg. Schrijf 1 tot 2.000 tekens. Er is niets afgeschreven.',
    failed: '❌ De videodienst kon deze video niet maken. De melding: “Too dark\\.” Je hebt je credits terug.',
    byDm: '-# Pro · 5 s · 16:9 · 90 credits · nog 920 over',
  },
  {
    locale: 'ja',
    waiting: '-# Pro · 5 s · 16:9 · in line; this message turns into the video',
    done: '-# Pro · 5 s · 16:9 · 90 credits · 1,010 left',
    refused: 'The prompt is empty. It takes 1 to 2,000 characters. Nothing was charged.',
    failed: '❌ The provider could not make this video. It says: “Too dark\\.” Your credits are back.',
    byDm: '-# Pro · 5 s · 16:9 · 90 credits · 920 left',
  },
])('a member who uses Discord in $locale reads every answer and delivery in it, or else in English', async (said) => {
  await using world = await startWorld({ env: { QUOTA_CREDITS: '1100' }, rivya: { render: 'manual' } });
  const { discord, rivya, user } = world;
  const { locale } = said;
  const group = discord.addChannel({ recipients: [user.id, discord.addUser({ name: 'bob' }).id] });
  const newestTask = async (count: number) => {
    await eventually(() => rivya.tasks.length === count, `${count} tasks at the provider`);
    return rivya.tasks.at(-1)?.id ?? '';
  };

  const shown = world.kling({}, { locale });
  const waiting = await shown.waitFor(({ content }) => content !== '');
  rivya.finish(await newestTask(1));
  const done = await shown.waitFor(({ attachments }) => attachments.length === 1);
  const refused = await privateAnswer(world.kling({ prompt: ' ' }, { locale }));
  const lost = world.kling({}, { locale });
  rivya.fail(await newestTask(2), { code: 'generation_failed', message: 'Too dark.' });
  const failed = await lost.waitFor(({ content }) => content.includes('❌'));
  const inGroup = { command: 'kling', options: { prompt: 'a fox' }, userId: user.id, channelId: group.id } as const;
  const late = discord.interact({ ...inGroup, context: 2, locale });
  const lastTask = await newestTask(3);
  late.expireToken();
  rivya.finish(lastTask);
  const byDm = await eventually(() => discord.dms(user.id)[0], 'the video by DM');

  const secondLine = ({ content }: { content: string }) => content.split('\n')[1];
  expect(secondLine(waiting)).toBe(said.waiting);
  expect(secondLine(done)).toBe(said.done);
  expect(refused).toBe(said.refused);
  expect(secondLine(failed)).toBe(said.failed);
  expect(secondLine(byDm)?.replace(/ · `\w{8}`$/, '')).toBe(said.byDm);
  await expectGoodEnd(world);
});
