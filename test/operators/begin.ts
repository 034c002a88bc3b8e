import pino from 'pino';
import { commands, messageCommands, operatorCommands } from '#commands/index.ts';
import { type Interact, type InteractionHandle, startDiscord } from '#sandbox/discord/discord.ts';
import { startRivya } from '#sandbox/rivya/start.ts';
import { makeAnswers } from '#src/answers.ts';
import { makeWatchAccount } from '#src/app/account.ts';
import { readConfig } from '#src/config.ts';
import { registerCommands, withheld } from '#src/discord/registration.ts';
import { openRests } from '#src/discord/rest.ts';
import { guildOwner, userOwner } from '#src/domain/credits.ts';
import { kling } from '#src/domain/parameters.ts';
import type { Limits } from '#src/domain/rules.ts';
import { openMetrics } from '#src/http/metrics.ts';
import { Lifetime } from '#src/lifetime.ts';
import { openRivya } from '#src/rivya/client.ts';
import { openDatabase } from '#src/store/database.ts';
import { openVideos } from '#src/videos.ts';
import { createDatabase } from '#test/database.ts';
import { newAct, openTestStore } from '#test/store.ts';

export const administrator = 1n << 3n;
const manageServer = 1n << 5n;
/** Everything that the bot and its clients of old send as an option: by name, with Discord's type of it. */
const types: Record<string, number> = {
  ...{ user: 6, user_id: 3, role: 8, role_id: 3, server_id: 3, credits: 4, unlimited: 5, before: 4 },
  ...{ reason: 3, message: 3, task: 3, attach: 3 },
};

export type Staff = Awaited<ReturnType<typeof openStaff>>;
export type Values = Readonly<Record<string, unknown>>;

/**
 * The bot's own answers with a Discord, a provider and a database: a server of the operators' with a member, a manager
 * and somebody blocked; another server that also has the bot, whose members are strangers.
 */
type Options = {
  readonly limits?: Partial<Limits>;
  readonly env?: Readonly<Record<string, string>>;
  /** Bodies are held against Discord's official description, which takes a second to read. */
  readonly officialChecks?: boolean;
};

export async function openStaff({ limits = {}, env = {}, officialChecks = false }: Options = {}) {
  await using stack = new AsyncDisposableStack();
  const discord = stack.use(await startDiscord({ officialChecks }));
  const rivya = stack.use(await startRivya({ render: 'manual' }));
  const { url } = stack.use(await createDatabase());
  const database = stack.use(openDatabase(url, { max: 5 }));

  const guild = discord.addGuild({ name: 'Home' });
  const elsewhere = discord.addGuild({ name: 'Elsewhere' });
  const channel = discord.addChannel({ guildId: guild.id });
  const otherChannel = discord.addChannel({ guildId: elsewhere.id });
  const join = (name: string, guildId: string, permissions?: bigint) => {
    const { id } = discord.addUser({ name });
    discord.addMember(guildId, id, permissions === undefined ? {} : { permissions });
    return id;
  };
  const people = {
    stranger: join('stranger', elsewhere.id),
    member: join('member', guild.id),
    manager: join('manager', guild.id, manageServer),
    operator: join('operator', guild.id),
    partner: join('partner', guild.id),
    blocked: join('blocked', guild.id),
  };
  type Who = keyof typeof people;

  const config = readConfig({
    DISCORD_TOKEN: discord.botToken,
    DISCORD_API_URL: discord.url,
    DISCORD_CDN_URL: discord.cdnUrl,
    RIVYA_API_KEY: rivya.apiKey,
    RIVYA_API_URL: rivya.url,
    ALLOWED_GUILD_IDS: guild.id,
    ...env,
  });
  const rests = openRests(discord.url, discord.botToken);
  const application = { id: discord.applicationId, installTypes: [0, 1] };
  const declared = [
    ...commands,
    ...messageCommands,
    ...operatorCommands.map((one) => ({ ...one, declaration: withheld(one.declaration) })),
  ];
  await registerCommands(
    rests.bot,
    application,
    declared.map(({ declaration }) => declaration),
  );

  const log = pino({ level: 'silent' });
  const operatorIds = [people.operator, people.partner];
  const processes = stack.use(new AsyncDisposableStack());
  /** One process that answers, on connections of its own. */
  function openProcess() {
    const own = processes.use(openDatabase(url, { max: 3 }));
    const store = openTestStore(own, { quota: 900, ...limits }, { perUser: 3, whole: 20 });
    const client = openRivya({ url: rivya.url, apiKey: rivya.apiKey });
    processes.defer(() => client.close());
    const lifetime = new Lifetime();
    const videos = openVideos({ config, log, store, rivya: client });
    processes.defer(() => videos.close());
    const { keyName, balance, isKeyRefused } = client;
    const least = config.balanceAlarm;
    const watched = { keyName, balance, isKeyRefused, least, price: kling.baseCredits };
    const account = makeWatchAccount({ ...store, ...watched, log });
    const { standing } = account;
    const metrics = openMetrics({ closed: [], rungs: [] });
    const parts = {
      config,
      log,
      metrics,
      lifetime,
      database: own,
      store,
      rests,
      rivya: client,
      operatorIds,
      standing,
      videos,
    };
    return { ...makeAnswers({ ...parts, forbids: () => false }), store, database: own, account };
  }
  const first = openProcess();
  const { store } = first;
  await store.setRule(newAct('block', userOwner(people.blocked)), 'block', { credits: null, reason: null });

  /** A command as a member's client sends it; `raw`: as only a forged payload can be. */
  function send(
    who: Who,
    where: 'server' | 'dm',
    command: string,
    options: Interact['options'],
    more: Partial<Interact> = {},
  ) {
    const place =
      where === 'dm'
        ? {}
        : who === 'stranger'
          ? { guildId: elsewhere.id, channelId: otherChannel.id }
          : { guildId: guild.id, channelId: channel.id };
    return discord.interact({ userId: people[who], command, options: options ?? {}, ...place, ...more });
  }

  /** What a subcommand answers: the only one who sees it is who sent it. */
  async function ask(who: Who, name: string, values: Values = {}, more: Partial<Interact> & { dm?: true } = {}) {
    const [command = '', subcommand] = name.split(' ');
    const { dm, ...rest } = more;
    const listed = Object.entries(values).map(([key, value]) => ({ name: key, type: types[key] ?? 3, value }));
    const options = subcommand === undefined ? listed : [{ name: subcommand, type: 1, options: listed }];
    const it = send(who, dm ? 'dm' : 'server', command, options, { raw: true, ...rest });
    first.dispatch(it.payload);
    await first.drain();
    return { it, said: it.reply()?.content ?? '', isPrivate: it.isPrivate() };
  }

  /** Has the bot answer what was sent. */
  async function see(it: InteractionHandle): Promise<InteractionHandle> {
    first.dispatch(it.payload);
    await first.drain();
    return it;
  }

  const kept = stack.move();
  return {
    ...{ discord, rivya, database, store, rests, guild, elsewhere, channel, otherChannel, people, config, application },
    ...{
      otherChannel,
      send,
      ask,
      see,
      openProcess,
      dispatch: first.dispatch,
      drain: first.drain,
      account: first.account,
    },
    here: guildOwner(guild.id),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** All that an act could change. */
export async function traces({ database }: Staff): Promise<string> {
  const [row] = await database.sql<{ text: string }[]>`
    select concat((select jsonb_agg(l order by id) from ledger l), (select jsonb_agg(r order by subject, kind) from rules r),
      (select jsonb_agg(u order by id) from audit u), (select jsonb_agg(t order by id) from tasks t)) as text`;
  return row?.text ?? '';
}
