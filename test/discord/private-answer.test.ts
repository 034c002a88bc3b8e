import { describe, test } from 'vitest';
import { taskId } from '../domain/builders.ts';
import { accepted, type Late, refused, slow, start } from './answering.ts';

const original = '/webhooks/:app/:token/messages/@original';
const wished = () => ({ isPrivate: true });
/** Where the member alone has installed the bot and the server keeps such answers private: Discord decides, unasked. */
const forced = ({ discord }: Parameters<NonNullable<Parameters<typeof start>[3]>>[0]) => {
  const guildId = discord.addGuild({ bot: false }).id;
  return { guildId, channelId: discord.addChannel({ guildId, externalApps: false }).id };
};
const unknown: Late = (answered) => answered.then(() => Promise.reject(new Error('the database is away')));

// Some wait for longer than the bot does: side by side.
describe.concurrent.each([
  ['that the member asked for', wished],
  ['that Discord makes of a public one', forced],
])('a private answer %s', (_, place) => {
  test('is stored as private', async ({ expect, onTestFinished }) => {
    const { answer, it, marked, discord } = await start(accepted, onTestFinished, {}, place);

    await answer();

    expect(it.isPrivate()).toBe(true);
    expect(marked).toEqual([{ id: taskId, messageId: it.reply()?.id, isPrivate: true, shown: 'accepted' }]);
    expect(discord.violations).toEqual([]);
  });

  test('may be a "thinking…" first', async ({ expect, onTestFinished }) => {
    const { answer, it, marked, discord } = await start(slow(accepted), onTestFinished, {}, place);

    await answer();

    expect((await it.callback).type).toBe(5);
    expect(it.isPrivate()).toBe(true);
    expect(it.reply()?.content).toContain('**a fox**');
    expect(marked).toEqual([{ id: taskId, messageId: it.reply()?.id, isPrivate: true, shown: 'accepted' }]);
    expect(discord.violations).toEqual([]);
  });

  test('that turns into a refusal says why itself', async ({ expect, onTestFinished }) => {
    const { answer, it, discord } = await start(slow(refused), onTestFinished, {}, place);

    await answer();

    expect(it.reply()?.content).toContain('10 left of 100');
    expect(it.followups).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test('of unknown outcome says that, however often Discord fails first', async ({ expect, onTestFinished }) => {
    const { answer, it, discord } = await start(unknown, onTestFinished, {}, place);
    discord.faults.add({ method: 'PATCH', route: original, status: 502, times: 3 });

    await answer();

    expect(it.reply()?.content).toContain('cannot say whether your request was accepted');
  });

  test('that could not be edited is left to its task', async ({ expect, onTestFinished }) => {
    const { answer, it, marked, discord } = await start(slow(accepted), onTestFinished, {}, place);
    discord.faults.add({ method: 'PATCH', route: original, status: 503, times: 9 });

    await answer();

    expect(marked).toEqual([{ id: taskId, messageId: it.reply()?.id, isPrivate: true, shown: null }]);
  });

  test('is asked about where a broken connection hid what it is', async ({ expect, onTestFinished }) => {
    const { answer, it, marked, discord } = await start(accepted, onTestFinished, {}, place);
    discord.faults.add({ route: '/interactions/:id/:token/callback', drop: true, when: 'after' });

    await answer();

    expect(marked).toEqual([{ id: taskId, messageId: it.reply()?.id, isPrivate: true, shown: null }]);
  });
});
