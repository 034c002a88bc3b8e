import { type DiscordStandIn, type InteractionHandle, startDiscord } from '#sandbox/discord/discord.ts';
import { type RivyaStandIn, startRivya } from '#sandbox/rivya/start.ts';
import type { CreateBody } from '#sandbox/rivya/types.ts';
import { type Database, openDatabase } from '#src/store/database.ts';
import { gif, jpeg, png, truncated, webp } from '#test/images.ts';
import { temporaryFolder } from '#test/temporary.ts';
import { type Fleet, startFleet } from './fleet.ts';
import type { Limits, Plan } from './plan.ts';
import { type Command, forbidden, indexOfPrompt, type Picture, type Place } from './plan-commands.ts';
import { type Server, startServer } from './server.ts';
import { unlessOver } from './time.ts';

/** A command as it was typed: `handle` is what its member sees. */
export type Typed = {
  readonly index: number;
  readonly command: Command;
  readonly userId: string;
  readonly handle: InteractionHandle;
};

export type Stage = AsyncDisposable & {
  readonly plan: Plan;
  readonly discord: DiscordStandIn;
  readonly rivya: RivyaStandIn;
  readonly server: Server;
  readonly database: Database;
  readonly fleet: Fleet;
  readonly typed: Typed[];
  /** How many times slower than planned the storm comes, so that it meets as much on a busy machine as on an idle one. */
  readonly pace: number;
  /** What the wallet of the provider held at the begin. */
  readonly credits: number;
  type(index: number): Typed;
  /** The command that a create's prompt names. */
  commandOf(body: CreateBody): Command | undefined;
};

/** The tightest limit at Discord, so that large films fit nowhere. */
export const sizeLimit = 1_000_000;
export const largeFilm = 1_200_000;
const credits = 1_000_000;
const usualStartMs = 1_500;
const slowestPace = 4;

/** Both stand-ins, a PostgreSQL of its own and the processes of the plan, ready for the storm. */
export async function openStage(plan: Plan, over: AbortSignal): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const discord = stack.use(
    await startDiscord({ keepUploads: 'digest', officialChecks: false, uploadLimit: sizeLimit }),
  );
  const rivya = stack.use(await startRivya({ credits, ...rendersOf(plan) }));
  const folder = stack.use(await temporaryFolder());
  const server = stack.use(await startServer(folder.path));
  const database = stack.use(openDatabase(server.url, { max: 2, applicationName: 'chaos' }));
  const people = populate(discord, plan);
  discord.autoModerate(new RegExp(forbidden));
  const environment = {
    DISCORD_TOKEN: discord.botToken,
    DISCORD_API_URL: discord.url,
    DISCORD_CDN_URL: discord.cdnUrl,
    RIVYA_API_KEY: rivya.apiKey,
    RIVYA_API_URL: rivya.url,
    DATABASE_URL: server.url,
    ...environmentOf(plan.limits, people.homeId),
  };
  const begun = Date.now();
  const fleet = stack.use(startFleet(plan.fleet, environment));
  await unlessOver(fleet.whole(), over);
  const pace = Math.min(slowestPace, Math.max(1, (Date.now() - begun) / usualStartMs));

  const owned = stack.move();
  const typed: Typed[] = [];
  return {
    plan,
    discord,
    rivya,
    server,
    database,
    fleet,
    typed,
    pace,
    credits,
    type(index) {
      const command = plan.commands[index];
      if (command === undefined) throw new Error(`no command ${index}`);
      const userId = people.userIds[command.member] ?? '';
      const handle = discord.interact({
        command: 'kling',
        options: command.options,
        userId,
        attachments: command.pictures.map((picture, slot) => fileOf(picture, slot)),
        ...people.placeOf(command.place),
      });
      const one = { index, command, userId, handle };
      typed.push(one);
      return one;
    },
    commandOf: ({ prompt }) => plan.commands[indexOfPrompt(prompt)],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function environmentOf(
  { quota, budget, guildBudget, active, activePerUser, waitingPerUser, isClosed }: Limits,
  homeId: string,
) {
  return {
    QUOTA_CREDITS: String(quota),
    BUDGET_CREDITS: budget === null ? '' : String(budget),
    BUDGET_CREDITS_PER_GUILD: guildBudget === null ? '' : String(guildBudget),
    MAX_ACTIVE_TASKS: String(active),
    MAX_ACTIVE_TASKS_PER_USER: String(activePerUser),
    MAX_WAITING_TASKS_PER_USER: String(waitingPerUser),
    ALLOWED_GUILD_IDS: isClosed ? homeId : '',
  };
}

function populate(discord: DiscordStandIn, { members }: Plan) {
  const home = discord.addGuild({ name: 'Home', bot: true });
  const foreign = discord.addGuild({ name: 'Foreign', bot: false });
  const channel = discord.addChannel({ guildId: home.id });
  const quiet = discord.addChannel({ guildId: home.id, permissions: viewChannel });
  const elsewhere = discord.addChannel({ guildId: foreign.id });
  const userIds = members.map(({ name, dmsClosed }) => {
    const { id } = discord.addUser({ name, dmsClosed });
    discord.addMember(home.id, id);
    return id;
  });
  const group = discord.addChannel({ recipients: userIds });
  const rooms = {
    channel: { guildId: home.id, channelId: channel.id },
    quiet: { guildId: home.id, channelId: quiet.id },
    dm: {},
    group: { channelId: group.id, context: 2 },
    foreign: { guildId: foreign.id, channelId: elsewhere.id },
  } as const satisfies Record<Place, object>;
  return { userIds, homeId: home.id, placeOf: (place: Place) => rooms[place] };
}

const viewChannel = 1n << 10n;

/** How long a render takes and what it costs, by the command that its prompt names. Failures are the storm's to cause. */
function rendersOf({ commands }: Plan) {
  const renderOf = ({ prompt }: CreateBody) => commands[indexOfPrompt(prompt)]?.render;
  return {
    renderMs: (body: CreateBody) => {
      const render = renderOf(body);
      return render === undefined || render.end === 'failure' ? Number.POSITIVE_INFINITY : render.afterMs;
    },
    finalCredits: ({ body }: { readonly body: CreateBody }) => renderOf(body)?.charged ?? undefined,
  };
}

function fileOf(picture: Picture, slot: number) {
  const files = {
    png: { name: `picture-${slot}.png`, bytes: png() },
    jpeg: { name: `picture-${slot}.jpg`, bytes: jpeg() },
    webp: { name: `picture-${slot}.webp`, bytes: webp() },
    mislabeled: { name: `picture-${slot}.png`, bytes: gif() },
    cut: { name: `picture-${slot}.png`, bytes: truncated(png(500)) },
  } as const satisfies Record<Picture, object>;
  return files[picture];
}
