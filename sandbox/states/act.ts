import { setTimeout as sleep } from 'node:timers/promises';
import type { InteractionHandle, MessageJson } from '../discord/discord.ts';
import { isObject } from '../discord/json.ts';
import type { Stage } from '../show/stage.ts';
import { languages, type Speaker, type State } from './states.ts';

export type Reply = { readonly state: State; readonly speaker: Speaker; readonly message: MessageJson };

/** For `onStage`: two videos for each member, of which one at a time is made. */
export const actSettings = { QUOTA_CREDITS: '180', BUDGET_CREDITS: '', MAX_ACTIVE_TASKS_PER_USER: '1' };

/** How long the first videos take: after five the bot tells by them how far a render is. */
const usualMs = 16_000;
const patienceMs = 60_000;
/** The bot says this long before the 15 minutes are over that it takes longer; and a little more. */
const lateAgeMs = 13 * 60_000 + 5_000;

/** Brings a reply into each state in each language, as members would, and returns what they see. */
export async function actStates(stage: Stage, signal: AbortSignal): Promise<Reply[]> {
  stage.rivya.render = 'manual';
  const casts = languages.map((speaker) => ({ speaker, cast: makeCast(stage, speaker) }));
  const shown = async (name: string, scene: (cast: Cast) => Promise<Partial<Record<State, MessageJson>>>) => {
    const all = casts.map(async ({ speaker, cast }) => ({ speaker, messages: await scene(cast) }));
    const seen = await Promise.all(all).catch((error: unknown) => {
      throw new Error(`${name} did not come about`, { cause: error });
    });
    signal.throwIfAborted();
    return seen;
  };
  const scenes = [
    ...(await shown('done', (cast) => done(cast, signal))),
    ...(await shown('a line', line)),
    ...(await shown('an end without a video', ended)),
    ...(await shown('what is late or private', apart)),
  ];
  return scenes.flatMap(({ speaker, messages }) =>
    Object.entries(messages).map(([state, message]) => ({ state: state as State, speaker, message })),
  );
}

async function done({ join, ask, finish }: Cast, signal: AbortSignal) {
  const [first, second] = [join(), join()];
  const video = await ask(first);
  const link = await ask(second, { attachmentSizeLimit: 1_000 });
  await sleep(usualMs, undefined, { signal });
  finish(video.task);
  finish(link.task);
  return {
    done: await video.call.waitFor(({ attachments }) => attachments.length > 0, patienceMs),
    'done-by-link': await link.call.waitFor(hasLink, patienceMs),
  };
}

async function line({ join, ask, send }: Cast) {
  const member = join();
  const first = await ask(member);
  const second = send(member);
  await second.waitFor(isSaid);
  const refused = await send(member).waitFor(isSaid);
  const [rendering, waiting] = await Promise.all([progressed(first.call), progressed(second)]);
  return { refused, rendering, waiting };
}

async function ended({ join, ask, send, fail }: Cast) {
  const [unlucky, wavering] = [join(), join()];
  const broken = await ask(unlucky);
  await ask(wavering);
  const dropped = send(wavering);
  const { components } = await dropped.waitFor(isSaid);
  const [cancel] = buttonsOf(components);
  dropped.component({ customId: String(cancel?.custom_id) });
  fail(broken.task);
  return {
    failed: await broken.call.waitFor(says('❌'), patienceMs),
    canceled: await dropped.waitFor(says('🚫'), patienceMs),
  };
}

async function apart({ join, ask, send }: Cast) {
  const late = await ask(join(), { at: Date.now() - lateAgeMs, answerWithinMs: 10_000 });
  const secret = send(join(), { options: { private: true } });
  return { late: await late.call.waitFor(says('⏳'), patienceMs), private: await secret.waitFor(isSaid) };
}

type Cast = ReturnType<typeof makeCast>;
type More = Partial<Parameters<Stage['discord']['interact']>[0]>;

/** Members who speak one language, and what becomes of their videos. */
function makeCast({ discord, rivya, guild }: Stage, { locale, member, prompt }: Speaker) {
  const known = new Set<string>();

  function join(): string {
    const { id } = discord.addUser({ name: member });
    discord.addMember(guild.id, id);
    return id;
  }

  function send(userId: string, { options, ...more }: More = {}): InteractionHandle {
    const wish = { prompt, ...(isObject(options) ? options : {}) };
    return discord.interact({ command: 'kling', userId, guildId: guild.id, locale, options: wish, ...more });
  }

  /** Returns when the provider has it. */
  async function ask(userId: string, more: More = {}): Promise<{ call: InteractionHandle; task: string }> {
    const call = send(userId, more);
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(50)) {
      const task = rivya.tasks.find(({ id, body }) => body.prompt === prompt && !known.has(id));
      if (task === undefined) continue;
      known.add(task.id);
      return { call, task: task.id };
    }
    throw new Error(`the provider never got it; the reply is ${JSON.stringify(call.reply() ?? null)}`);
  }

  const fail = (task: string) =>
    rivya.fail(task, { code: 'generation_failed', message: 'The content did not pass the safety review.' });
  return { join, send, ask, finish: (task: string) => rivya.finish(task), fail };
}

/** What it says once it tells of progress, which it does at most each 10 s. */
function progressed(call: InteractionHandle): Promise<MessageJson> {
  return call.waitFor(() => call.states.length > 1, patienceMs);
}

const isSaid = ({ content }: MessageJson) => content !== '';
const says = (mark: string) => (message: MessageJson) => message.content.includes(mark);
const hasLink = ({ components }: MessageJson) => buttonsOf(components).some(({ style }) => style === 5);

export function buttonsOf(components: MessageJson['components']) {
  return components.flatMap((row) => (Array.isArray(row.components) ? row.components : [])).filter(isObject);
}
