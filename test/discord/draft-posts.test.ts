import { expect, test } from 'vitest';
import type { Said } from '#src/app/draft-message.ts';
import { makeDraftPosts } from '#src/discord/draft-posts.ts';
import { makeHear } from '#src/discord/hear.ts';
import { aDraft } from '../domain/drafts.ts';
import { begin, silent, voice } from './begin.ts';

const quote = { cost: 90, left: 810 };
const post = (channelId: string) => `/channels/${channelId}/messages`;

/** The real posts in a DM that a member has written into. */
async function start() {
  const world = await begin({ officialChecks: true });
  const { discord, user, rests } = world;
  const { id: channelId } = discord.dmWith(user.id);
  discord.say(channelId, user.id, 'a fox');
  const posts = makeDraftPosts({ bot: rests.bot, voice, log: silent });
  const own = () => discord.messages(channelId).filter(({ author }) => author.id === discord.botUserId);
  return { ...world, ...posts, channelId, own, draft: aDraft({ channelId, userId: user.id }) };
}

test('a draft that is posted twice, by whichever process, is one message', async () => {
  const { sayDraft, draft, own, discord } = await start();

  const said = await Promise.all([sayDraft(draft, quote), sayDraft(draft, quote)]);

  expect(own()).toHaveLength(1);
  expect(said).toEqual([{ answerId: own()[0]?.id }, { answerId: own()[0]?.id }]);
  expect(discord.violations).toEqual([]);
});

test('one whose message is known is edited', async () => {
  const { sayDraft, draft, own } = await start();
  await sayDraft(draft, quote);

  await sayDraft({ ...draft, state: 'replaced', answerId: own()[0]?.id ?? '' }, null);

  expect(own()).toMatchObject([{ content: expect.stringContaining('Closed by your newer message'), components: [] }]);
});

test('one whose words Discord blocks is shown without them', async () => {
  const { sayDraft, draft, own, discord } = await start();
  discord.autoModerate(/fox/);

  await sayDraft(draft, quote);

  expect(own()[0]?.content).toMatch(/^-# 90 credits/);
});

test.each([
  ['a server error', { status: 503 }, 'later'],
  ['a connection that breaks', { drop: true }, 'later'],
  [
    'a DM that is closed',
    { status: 403, body: { code: 50007, message: 'Cannot send messages to this user' } },
    'refused',
  ],
  ['a channel that is gone', { status: 404, body: { code: 10003, message: 'Unknown Channel' } }, 'refused'],
])('%s is told apart by whether another try may help', async (_, fault, outcome) => {
  const { sayDraft, draft, channelId, discord } = await start();
  discord.faults.add({ method: 'POST', route: post(channelId), ...fault });

  expect(await sayDraft(draft, quote)).toBe(outcome);
});

test('while no row can be had, many messages at two processes get one apology', async () => {
  const { apologise, channelId, discord, user, own } = await start();
  const connectionLost = new Error('the connection broke');
  const hears = [true, false].map((isAway) =>
    makeHear({
      log: silent,
      isAway: () => isAway,
      isConnectionFault: (error) => error === connectionLost,
      answerMessage: async (_: Said) => {
        throw connectionLost;
      },
      apologise,
    }),
  );

  for (const content of ['a fox', 'a wolf', 'a bear']) {
    const raw = discord.say(channelId, user.id, content);
    for (const { hear } of hears) hear(raw);
  }
  await Promise.all(hears.map(({ drain }) => drain()));

  expect(own()).toMatchObject([{ content: expect.stringMatching(/records cannot be reached.*Nothing was charged/) }]);
});
