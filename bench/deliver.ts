import { once } from 'node:events';
import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import type { RivyaStandIn } from '#sandbox/rivya/start.ts';
import type { Parcel } from './buffer-bot.ts';
import { openSide } from './database.ts';
import type { Figure } from './figures.ts';
import { hasProc, memory, resetPeak } from './proc.ts';
import { startProgram } from './programs.ts';
import { type Community, openCommunity, startStage } from './stage.ts';
import { until } from './waiting.ts';

type Plan = { readonly videos: number; readonly bytes: number; readonly rounds: number };
type Side = { readonly pid: number; deliver(handles: readonly InteractionHandle[]): Promise<void> };
type Measured = { readonly grownMb: number | null; readonly mbPerSecond: number };

const mb = 1e6;
const full: Plan = { videos: 100, bytes: 18 * mb, rounds: 3 };
const quick: Plan = { videos: 8, bytes: 2 * mb, rounds: 1 };
const patienceMs = 180_000;

/**
 * Finished videos that all wait at once, from the provider to Discord, beside a process that uploads buffers with
 * discord.js. Both read from the same provider; each writes to a Discord of its own, in this process.
 */
export async function deliver(stack: AsyncDisposableStack, isQuick: boolean): Promise<Figure[]> {
  const plan = isQuick ? quick : full;
  const room = { MAX_ACTIVE_TASKS: '10000', MAX_ACTIVE_TASKS_PER_USER: '10000' };
  const stage = await startStage(stack, { members: 50, rivya: { render: 'manual' }, env: room });
  const { rivya, folder } = stage;
  rivya.setResult({ size: plan.bytes });

  const bare = await openCommunity(stack, 50);
  const bufferBot = startProgram(stack, {
    path: 'bench/buffer-bot.ts',
    folder,
    env: { DISCORD_API_URL: bare.discord.url },
  });
  await bufferBot.alive(once(bufferBot.child, 'message'));

  const side = openSide(stack, stage.postmaster.sockets);
  const bot: Side = {
    pid: stage.bot.pid,
    async deliver(handles) {
      for (const { id, status } of rivya.tasks) if (status === 'queued') rivya.finish(id);
      // Every render is asked for at once, so that all videos wait at once.
      await side`update tasks set next_poll_at = now() where status = 'rendering'`;
      const whole = handles.map((handle) => handle.waitFor(({ attachments }) => attachments.length === 1, patienceMs));
      await stage.bot.alive(Promise.all(whole));
    },
  };
  const buffers: Side = {
    pid: bufferBot.pid,
    async deliver(handles) {
      const urls = await makeResults(rivya, handles.length);
      const { applicationId } = bare.discord;
      const parcels = handles.map(({ token }, index): Parcel => ({ url: urls[index] ?? '', applicationId, token }));
      bufferBot.child.send(parcels);
      await bufferBot.alive(once(bufferBot.child, 'message'));
    },
  };

  const rounds: { bot: Measured; buffers: Measured }[] = [];
  const restBytes = { bot: await restingBytes(bot), buffers: await restingBytes(buffers) };
  for (let round = 0; round < plan.rounds; round += 1) {
    const ofBuffers = await measure(buffers, plan, await askAndAnswer(bare, plan.videos), restBytes.buffers);
    const handles = await askBot(stage.community, rivya, plan.videos);
    await stage.whenQuiet();
    rounds.push({ bot: await measure(bot, plan, handles, restBytes.bot), buffers: ofBuffers });
  }
  return figuresOf(plan, rounds);
}

async function askBot(community: Community, rivya: RivyaStandIn, videos: number): Promise<InteractionHandle[]> {
  const before = rivya.tasks.length;
  const handles = Array.from({ length: videos }, () => community.kling());
  await Promise.all(handles.map(({ callback }) => callback));
  await until(() => rivya.tasks.length === before + videos, 'all tasks at the provider', patienceMs);
  return handles;
}

/** Interactions of a Discord without a bot: answered from here, so that their reply can be edited. */
async function askAndAnswer({ discord, kling }: Community, videos: number): Promise<InteractionHandle[]> {
  const handles = Array.from({ length: videos }, kling);
  for (const { id, token } of handles) {
    const answer = await fetch(`${discord.url}/v10/interactions/${id}/${token}/callback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'DiscordBot (https://discord.js.org, 14)' },
      body: JSON.stringify({ type: 4, data: { content: 'rendering' } }),
    });
    if (!answer.ok) throw new Error(`the stand-in refused an answer: ${answer.status}`);
  }
  return handles;
}

async function makeResults(rivya: RivyaStandIn, count: number): Promise<string[]> {
  const body = JSON.stringify({ model: 'kling-3-0', prompt: 'a fox', params: {}, client_request_id: 'bench' });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${rivya.apiKey}` };
  return Promise.all(
    Array.from({ length: count }, async () => {
      const answer = await fetch(`${rivya.url}/api/v1/generations`, { method: 'POST', headers, body });
      const { id } = (await answer.json()) as { id: string };
      rivya.finish(id);
      return `${rivya.url}/results/${id}/film.mp4`;
    }),
  );
}

async function restingBytes({ pid }: Side): Promise<number> {
  return hasProc ? (await memory(pid)).now : 0;
}

async function measure(
  side: Side,
  { videos, bytes }: Plan,
  handles: readonly InteractionHandle[],
  restBytes: number,
): Promise<Measured> {
  if (hasProc) await resetPeak(side.pid);
  const startedAt = performance.now();
  await side.deliver(handles);
  const seconds = (performance.now() - startedAt) / 1000;
  const wrong = handles.filter((handle) => handle.uploads()[0]?.size !== bytes).length;
  if (wrong > 0) throw new Error(`${wrong} videos did not arrive whole`);
  const grownMb = hasProc ? ((await memory(side.pid)).peak - restBytes) / mb : null;
  return { grownMb, mbPerSecond: (videos * bytes) / mb / seconds };
}

function figuresOf({ videos, bytes }: Plan, rounds: readonly { bot: Measured; buffers: Measured }[]): Figure[] {
  const grown = (side: 'bot' | 'buffers') => rounds.flatMap((round) => round[side].grownMb ?? []);
  const speed = (side: 'bot' | 'buffers') => rounds.map((round) => round[side].mbPerSecond);
  const name = (what: string) => `${videos} videos of ${bytes / mb} MB: ${what}`;
  return [
    {
      name: name('memory above rest'),
      unit: 'MB',
      values: grown('bot'),
      target: { is: 'under', limit: 200 },
    },
    { name: name('throughput'), unit: 'MB/s', values: speed('bot') },
    { name: name('buffers: memory above rest'), unit: 'MB', values: grown('buffers') },
    { name: name('buffers: throughput'), unit: 'MB/s', values: speed('buffers') },
    {
      name: name('throughput, bot to buffers'),
      unit: '×',
      values: rounds.map((round) => round.bot.mbPerSecond / round.buffers.mbPerSecond),
      target: { is: 'at least', limit: 1 },
    },
  ];
}
