import type { AttachmentInput, MessageJson } from '../discord/discord.ts';
import type { Wish } from './arguments.ts';
import { type Stage, until } from './stage.ts';

export type Seen = { readonly reply: MessageJson; readonly at: number; readonly film: Buffer | undefined };
export type Ended =
  | { readonly film: Buffer; readonly name: string; readonly reply: MessageJson; readonly credits: number }
  /** The bot's refusal, or its notice that nothing came of it. */
  | { readonly film: null; readonly reply: MessageJson };

type Watching = {
  readonly signal: AbortSignal;
  /** Each state of the reply as soon as it is there. */
  onReply(seen: Seen): void;
  /** Something that happened at the provider, in words. */
  onProvider(what: string): void;
};

const patienceMs = 90_000;
/** What is private and has nothing to press is a refusal; an accepted command has its *Cancel*. */
const isRefusal = ({ flags, components }: MessageJson) => (flags & (1 << 6)) !== 0 && components.length === 0;

/** Sends the command as a member would, reports what the member sees, and returns when the reply will change no more. */
export async function play(stage: Stage, wish: Wish, watching: Watching): Promise<Ended> {
  const { discord, rivya, bot, guild, member } = stage;
  const attachments = wish.pictures.map(({ name, bytes }): AttachmentInput => ({ name, bytes }));
  // Raw: what Discord's client would not send (a prompt too long, a GIF) is for the bot to refuse.
  const call = discord.interact({
    ...{ command: 'kling', userId: member.id, guildId: guild.id, raw: true },
    ...{ options: wish.options, attachments },
  });
  const tell = providerNews(stage, watching.onProvider);
  let shown = 0;

  const isOver = () => {
    tell();
    for (const { message, at } of call.states.slice(shown)) {
      watching.onReply({
        reply: message,
        at,
        film: message.attachments.length > 0 ? call.uploads()[0]?.bytes : undefined,
      });
    }
    shown = call.states.length;
    const isSettled = bot.hasLogged(({ msg }) => msg === 'delivered' || msg.startsWith('undeliverable'));
    const reply = call.reply();
    return reply !== undefined && (isRefusal(reply) || isSettled);
  };
  await Promise.all([
    call.callback.catch(() => {
      throw new Error('The bot did not answer within the 3 seconds that Discord gives it.');
    }),
    until(isOver, { signal: watching.signal, timeoutMs: patienceMs, what: 'the film' }),
  ]);

  const reply = call.reply();
  const [upload] = call.uploads();
  if (reply === undefined) throw new Error('The reply is gone.');
  if (upload?.bytes === undefined) return { film: null, reply };
  return { film: upload.bytes, name: upload.name, reply, credits: rivya.tasks[0]?.charged ?? 0 };
}

/** Tells what is new at the provider since it was last called. */
function providerNews({ rivya }: Stage, tell: (what: string) => void): () => void {
  let files = 0;
  let status: string | undefined;
  return () => {
    for (const { name } of rivya.files.slice(files)) tell(`has ${name}`);
    files = rivya.files.length;
    const [task] = rivya.tasks;
    if (task === undefined || task.status === status) return;
    if (status === undefined)
      tell(`takes the task (${inWords(task.body.params)}) and sets ${task.reserved} credits aside`);
    if (task.status === 'processing') tell('renders');
    if (task.status === 'succeeded') tell(`is done and charges ${task.charged} credits`);
    if (task.status === 'failed') tell('has failed');
    status = task.status;
  };
}

const inWords = (params: Readonly<Record<string, string>>) =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
