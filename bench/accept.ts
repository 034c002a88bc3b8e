import type { Callback } from '#sandbox/discord/discord.ts';
import type { Figure } from './figures.ts';
import { startProgram } from './programs.ts';
import { quantile } from './quantiles.ts';
import { type Community, openCommunity, startStage } from './stage.ts';

type Volley = { readonly p50: number; readonly p99: number; readonly perSecond: number; readonly deferred: number };
type Plan = { readonly atOnce: number; readonly repeats: number; readonly rounds: number };

const members = 500;
/** EPHEMERAL and SUPPRESS_EMBEDS: how refusals come. */
const privately = 64 | 4;
const full: readonly Plan[] = [
  { atOnce: 1, repeats: 200, rounds: 5 },
  { atOnce: 100, repeats: 1, rounds: 9 },
  { atOnce: 1000, repeats: 1, rounds: 3 },
];
const quick: readonly Plan[] = [
  { atOnce: 1, repeats: 20, rounds: 1 },
  { atOnce: 100, repeats: 1, rounds: 1 },
];

/**
 * What an answer costs, from Discord's dispatch to the callback at Discord, beside a bot that only answers. Both run all
 * the time on a Discord of their own in this process; one is asked while the other rests.
 */
export async function accept(stack: AsyncDisposableStack, isQuick: boolean): Promise<Figure[]> {
  // The provider never finishes: what is measured is accepting, with a line behind it.
  const { community: own, whenQuiet, folder, bot } = await startStage(stack, { members, rivya: { render: 'manual' } });
  const bare = await openCommunity(stack, members);
  const { data } = await bot.alive(own.kling().callback);
  const bareBot = startProgram(stack, {
    path: 'bench/bare-bot.ts',
    folder,
    env: {
      DISCORD_TOKEN: bare.discord.botToken,
      DISCORD_API_URL: bare.discord.url,
      BENCH_ANSWER: JSON.stringify(data),
    },
  });
  await bareBot.alive(bare.discord.gateway.waitForReady(30_000));

  for (const community of isQuick ? [] : [own, bare]) await warmUp(community);
  const figures: Figure[] = [];
  for (const plan of isQuick ? quick : full) {
    const rounds: { bot: Volley; bare: Volley }[] = [];
    for (let round = 0; round < plan.rounds; round += 1) {
      await whenQuiet();
      const ofBare = await fire(bare, plan);
      rounds.push({ bot: await bot.alive(fire(own, plan)), bare: ofBare });
    }
    figures.push(...figuresOf(plan, rounds));
  }
  return figures;
}

async function warmUp(community: Community): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    await fire(community, { atOnce: 100, repeats: 1, rounds: 1 });
    await fire(community, { atOnce: 1, repeats: 30, rounds: 1 });
  }
}

async function fire(community: Community, { atOnce, repeats }: Plan): Promise<Volley> {
  const answers: (Callback | null)[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < repeats; i += 1) {
    const asked = Array.from({ length: atOnce }, () => community.kling());
    // No answer within Discord's 3 s is a figure too.
    answers.push(...(await Promise.all(asked.map(({ callback }) => callback.catch(() => null)))));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const refused = answers.find((answer) => answer?.data.flags === privately);
  if (refused) throw new Error(`a command was refused: ${String(refused.data.content)}`);
  const latencies = answers.map((answer) => answer?.latencyMs ?? Number.POSITIVE_INFINITY);
  return {
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    perSecond: answers.length / seconds,
    deferred: answers.filter((answer) => answer?.type !== 4).length,
  };
}

function figuresOf({ atOnce }: Plan, rounds: readonly { bot: Volley; bare: Volley }[]): Figure[] {
  const of = (side: 'bot' | 'bare', key: keyof Volley) => rounds.map((round) => round[side][key]);
  const name = (what: string) => `${atOnce} at once: ${what}`;
  const figures: Figure[] = [
    { name: name('answer p50'), unit: 'ms', values: of('bot', 'p50'), ...(atOnce === 1 && { target: mostSingle }) },
    { name: name('answer p99'), unit: 'ms', values: of('bot', 'p99') },
    { name: name('commands a second'), unit: '/s', values: of('bot', 'perSecond') },
    { name: name('bare bot: answer p50'), unit: 'ms', values: of('bare', 'p50') },
    { name: name('bare bot: answer p99'), unit: 'ms', values: of('bare', 'p99') },
    { name: name('bare bot: commands a second'), unit: '/s', values: of('bare', 'perSecond') },
    {
      name: name('p99, bot to bare bot'),
      unit: '×',
      values: rounds.map(({ bot, bare }) => bot.p99 / bare.p99),
      ...(atOnce === 100 && { target: mostRatio }),
    },
  ];
  if (of('bot', 'deferred').some(Boolean)) {
    figures.push({ name: name('deferred, or not answered in 3 s'), unit: '', values: of('bot', 'deferred') });
  }
  return figures;
}

const mostSingle = { is: 'at most', limit: 3 } as const;
const mostRatio = { is: 'at most', limit: 4 } as const;
