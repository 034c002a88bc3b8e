import { expect, test } from 'vitest';
import { startWorld } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { expectGoodEnd } from '#test/outcome.ts';
import { account } from '#test/store.ts';

const creates = '/api/v1/generations';

test('what the provider refuses for good ends at once, with its words and the credits back', async () => {
  await using world = await startWorld();
  const cases = [
    { code: 'validation_failed', status: 400, words: /refused this request.*“no \\\*such\\\* thing”/ },
    { code: 'insufficient_credits', status: 402, words: /account at the video provider is empty.*not your fault/ },
    { code: 'api_scope_denied', status: 403, words: /refuses the bot's key.*not your fault/ },
    { code: 'something_new', status: 418, words: /refused this request/ },
  ];
  for (const { code, status, words } of cases) {
    const error = { code, message: 'no *such* thing', requestId: 'req_1' };
    const fault = world.rivya.faults.add({ method: 'POST', route: creates, status, body: { error } });
    const reply = await world.kling().waitFor(({ content }) => content.includes('❌'));
    expect(reply.content, code).toMatch(words);
    expect(reply.content, code).toMatch(/Your credits are back/);
    expect(fault.hits, code).toBe(1);
  }

  expect(world.bot?.lines.filter(({ requestId }) => requestId === 'req_1')).toHaveLength(4);
  expect(
    world.bot?.lines.filter(({ level, code }) => level === 'error' && code === 'insufficient_credits'),
  ).toHaveLength(1);
  expect(await account(world.database, `user:${world.user.id}`)).toEqual({ held: 0, spent: 0 });
  await expectGoodEnd(world);
});

test('a render that fails says so with the provider’s words, and nothing is charged', async () => {
  await using world = await startWorld({ rivya: { render: 'manual' } });
  const interaction = world.kling();
  await eventually(() => world.rivya.tasks.length === 1, '1 tasks at the provider');
  world.rivya.fail(world.rivya.tasks[0]?.id ?? '', {
    code: 'generation_failed',
    message: 'The <@1> scene was blocked.',
  });

  const reply = await interaction.waitFor(({ content }) => content.includes('❌'));

  expect(reply.content).toMatch(
    /could not make this video\. It says: “The \\<\\@1\\> scene was blocked\\\.” Your credits are back/,
  );
  expect(await account(world.database, `user:${world.user.id}`)).toEqual({ held: 0, spent: 0 });
  await expectGoodEnd(world);
});
