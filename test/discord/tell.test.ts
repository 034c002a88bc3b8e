import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { makeCallback } from '#src/discord/callback.ts';
import { textBody } from '#src/discord/messages.ts';
import { makeReplies } from '#src/discord/replies.ts';
import { makeTell } from '#src/discord/tell.ts';
import { begin, silent } from './begin.ts';

class ConnectionLost extends Error {}

async function start(more: Partial<Parameters<typeof makeTell>[0]> = {}) {
  const world = await begin({ officialChecks: true }, onTestFinished);
  const stopping = new AbortController();
  const tell = makeTell({
    ...makeReplies(world.rests.webhooks),
    callback: makeCallback(world.rests.callbacks),
    log: silent,
    signal: stopping.signal,
    isAway: () => false,
    isConnectionFault: (error) => error instanceof ConnectionLost,
    ...more,
  });
  const { it, call } = world.use({ command: 'kling-help', options: {}, answerWithinMs: 60_000 });
  return { ...world, tell, it, call, stopping };
}

describe('what is done for a command', () => {
  test('is told at once, to its user alone', async () => {
    const { tell, it, call, discord } = await start();

    await tell(call, async () => textBody('done'));

    expect(it.answer()).toMatchObject({
      type: 4,
      data: { content: 'done', flags: 68, allowed_mentions: { parse: [] } },
    });
    expect(discord.violations).toEqual([]);
  });

  test('is not begun while the database is away, and that is said', async () => {
    const { tell, it, call } = await start({ isAway: () => true });
    const work = vi.fn();

    await tell(call, work);

    expect(work).not.toHaveBeenCalled();
    expect(it.reply()?.content).toMatch(/^My records cannot be reached right now/);
  });

  test('is done again while it is not known whether it was done', async () => {
    const { tell, it, call } = await start();
    let runs = 0;

    await tell(call, async () => {
      runs += 1;
      if (runs < 3) throw new ConnectionLost();
      return textBody('done');
    });

    expect(runs).toBe(3);
    expect(it.reply()?.content).toBe('done');
  });

  test('and comes late is told behind a private deferral, or at a stop that nobody knows', async () => {
    const late = await start();
    const lost = await start();
    const coming = Promise.withResolvers<ReturnType<typeof textBody>>();

    const told = [late.tell(late.call, () => coming.promise), lost.tell(lost.call, () => new Promise(() => {}))];
    await Promise.all([late.it.callback, lost.it.callback]);
    coming.resolve(textBody('done'));
    lost.stopping.abort();
    await Promise.all(told);

    for (const { it } of [late, lost]) expect(it.answer()).toMatchObject({ type: 5, data: { flags: 64 } });
    expect(late.it.reply()?.content).toBe('done');
    expect(lost.it.reply()?.content).toMatch(/I cannot say whether this was done/);
    expect(late.it.isPrivate() && lost.it.isPrivate()).toBe(true);
  });

  test('and is answered by another process is told by that one alone', async () => {
    const { tell, it, call, discord } = await start();

    await tell(call, async () => textBody('first'));
    await tell(call, async () => textBody('second'));

    expect(it.reply()?.content).toBe('first');
    expect(it.followups).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test('and is too long is cut at a line', async () => {
    const { tell, it, call } = await start();

    await tell(call, async () =>
      textBody(Array.from({ length: 100 }, (_, line) => `line ${line} ${'x'.repeat(40)}`).join('\n')),
    );

    const said = it.reply()?.content ?? '';
    expect(said.length).toBeLessThan(2_000);
    expect(said).toMatch(/x\n…$/);
  });
});
