import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { jpeg, largestImage, mislabeled, png, truncated } from '#test/images.ts';
import { expectGoodEnd, finishedRows } from '#test/outcome.ts';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('two images reach the provider whole, in the order of their options, before a slot is free', async () => {
  await using world = await startWorld({ env: { MAX_ACTIVE_TASKS: '1' }, rivya: { render: 'manual' } });
  const first = png(largestImage);
  const second = jpeg(300_000);
  world.kling();
  await eventually(() => world.rivya.tasks.length === 1, '1 tasks at the provider');

  // The second slot is filled first: the order is that of the options, not of the payload.
  const interaction = world.kling(
    {},
    {
      attachments: [
        { name: 'end of it.jpg', bytes: second, option: 'image_2' },
        { name: 'start "1".png', bytes: first, option: 'image' },
      ],
    },
  );
  await eventually(() => world.rivya.files.length === 2, '2 files at the provider');
  expect(world.rivya.tasks).toHaveLength(1);
  for (const { id } of world.rivya.tasks) world.rivya.finish(id);
  await eventually(() => world.rivya.tasks.length === 2, '2 tasks at the provider');
  world.rivya.finish(world.rivya.tasks[1]?.id ?? '');
  await interaction.waitFor(({ attachments }) => attachments.length === 1);

  const [row] = (await finishedRows(world)).slice(-1);
  expect(world.rivya.files.map(({ sha256 }) => sha256)).toEqual([digest(first), digest(second)]);
  expect(world.rivya.files[0]).toMatchObject({ kind: 'image', model: 'kling-3-0', clientRequestId: row?.id });
  expect(world.rivya.tasks[1]?.files).toEqual(world.rivya.files.map(({ id }) => id));
  await expectGoodEnd(world);
});

test('what the bytes show to be no picture, or no whole one, ends in a notice that names it; credits come back', async () => {
  await using world = await startWorld();
  const whole = png(50_000);
  const cases = [
    { files: [mislabeled()], words: /photo\\\.png\*\* is not a JPEG, PNG or WebP/ },
    { files: [{ name: 'cut.png', bytes: truncated(whole) }], words: /cut\\\.png\*\* is damaged or cut short/ },
    {
      files: [{ name: 'long.png', bytes: whole, overrides: { size: 40_000 } }],
      words: /long\\\.png\*\* is damaged or cut short/,
    },
    {
      files: [
        { name: 'good.png', bytes: whole },
        {
          name: 'lost.jpg',
          bytes: jpeg(),
          overrides: { url: `${world.discord.cdnUrl}/ephemeral-attachments/1/2/lost.jpg` },
        },
      ],
      words: /lost\\\.jpg\*\* can no longer be read/,
    },
  ];

  for (const { files, words } of cases) {
    const reply = await world
      .kling({}, { raw: true, attachments: files })
      .waitFor(({ content }) => content.includes('❌'));
    expect(reply.content).toMatch(words);
    expect(reply.content).toMatch(/Your credits are back/);
  }

  expect(world.rivya.tasks).toEqual([]);
  expect(
    (await finishedRows(world)).every(({ status, delivery }) => status === 'failed' && delivery === 'delivered'),
  ).toBe(true);
  expect(world.discord.violations).toEqual([]);
});

test('an image that Discord or the provider does not take at once is tried again', async () => {
  await using world = await startWorld();
  world.discord.cdnFaults.add({ route: /.*/, status: 503, times: 1 });
  world.rivya.faults.add({ route: '/api/v1/files', status: 502, times: 1 });

  const interaction = world.kling({}, { attachments: [{ name: 'a.png', bytes: png() }] });
  await interaction.waitFor(({ attachments }) => attachments.length === 1);

  expect(world.rivya.files).toHaveLength(1);
  expect(world.rivya.tasks).toHaveLength(1);
  await expectGoodEnd(world);
});
