import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';

test('a prompt turns into a video in the same reply', async () => {
  await using world = await startWorld();

  const interaction = world.kling({ duration: '3', aspect_ratio: '16:9', sound: true });
  const reply = await interaction.waitFor(({ attachments }) => attachments.length === 1);

  expect(interaction.states.length).toBe(2);
  expect(reply.content).toMatch(/^\*\*a fox in the snow\*\*\n-# .*90 credits · 810 left$/);
  expect(reply.attachments[0]?.filename).toMatch(/^kling-[0-9a-f]{8}\.mp4$/);
  expect(world.rivya.tasks).toHaveLength(1);
  expect(world.rivya.violations).toEqual([]);
  expect(world.discord.violations).toEqual([]);
});
