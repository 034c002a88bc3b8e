import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd } from '#test/outcome.ts';

const hasVideo = ({ attachments }: { attachments: readonly unknown[] }) => attachments.length === 1;
type Button = { readonly label: string; readonly style: number; readonly url?: string };
/** Links alone: what one can do about a task stands below them. */
const buttons = ({ components }: { components: readonly unknown[] }) =>
  (components as { components: Button[] }[]).flatMap((row) => row.components).filter(({ style }) => style === 5);
const isDone = (message: { components: readonly unknown[]; attachments: readonly unknown[] }) =>
  buttons(message).length > 0 || hasVideo(message);

test('a result over the limit comes as a link; so does one that Discord calls too large', async () => {
  await using world = await startWorld();
  world.rivya.setResult({ size: 3 * 2 ** 20 });

  const small = { attachmentSizeLimit: 2 ** 20 };
  const known = world.kling({}, small);
  await eventually(() => world.rivya.downloads.length === 1, 'the first download');
  world.rivya.setResult({ size: 3 * 2 ** 20, noLength: true });
  const unknown = world.kling({}, small);
  await unknown.waitFor(isDone);
  world.discord.faults.add({
    method: 'PATCH',
    route: /@original/,
    status: 413,
    body: { message: 'Request entity too large', code: 40005 },
  });
  const refused = world.kling();

  for (const interaction of [known, unknown, refused]) {
    const reply = await interaction.waitFor(isDone);
    expect(reply.attachments).toEqual([]);
    expect(buttons(reply)).toMatchObject([{ label: 'Open the video', style: 5 }]);
    expect(buttons(reply)[0]?.url).toMatch(new RegExp(`^${world.rivya.url}/results/`));
    expect(reply.content).toContain('over the upload limit');
  }
  await expectGoodEnd(world);
});

test('a link too long for a button stands in the text; further results are links beside the video', async () => {
  await using world = await startWorld();
  const long = (own: string) => `${own}?signature=${'x'.repeat(600)}`;
  world.rivya.setResult({ size: 3 * 2 ** 20, urls: (own: string) => [long(own)] });
  const text = await world
    .kling({}, { attachmentSizeLimit: 2 ** 20 })
    .waitFor(({ content }) => content.includes('signature'));
  world.rivya.setResult({ urls: (own: string) => [own, `${own}?part=2`] });
  const several = await world.kling().waitFor(hasVideo);

  expect(text.content).toContain('<http://127.0.0.1');
  expect(buttons(text)).toEqual([]);
  expect(buttons(several)).toMatchObject([{ label: 'Video 2', style: 5 }]);
  await expectGoodEnd(world);
});

test('a video of unknown length is sent whole; a truncated one never passes for whole', async () => {
  await using world = await startWorld();
  world.rivya.setResult({ size: 2 * 2 ** 20, noLength: true });
  const whole = world.kling();
  await whole.waitFor(hasVideo);
  expect(whole.uploads()[0]?.size).toBe(2 * 2 ** 20);

  world.rivya.setResult({ size: 2 * 2 ** 20, noLength: 'close', truncateAt: 2 ** 20 });
  const cut = world.kling();
  await eventually(
    () => world.rivya.downloads.filter(({ bytes }) => bytes === 2 ** 20).length >= 2,
    'two cut downloads',
  );
  expect(cut.reply()?.attachments).toEqual([]);
  world.rivya.setResult({ size: 2 * 2 ** 20 });
  await cut.waitFor(hasVideo);

  expect(cut.uploads()[0]?.size).toBe(2 * 2 ** 20);
  await expectGoodEnd(world);
});
