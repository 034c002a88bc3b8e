import { readJson } from '../body.ts';
import type { StandInCore } from '../core.ts';
import type { JsonObject } from '../json.ts';
import { guildJson, memberJson, userJson } from '../people.ts';
import { refusal } from '../refusal.ts';
import type { Answer, Call, Route } from '../server.ts';
import type { Guild } from '../world.ts';

export type Described = { application: () => JsonObject; bot: () => JsonObject };

/** Who the bot is, where it is a member, and the commands it declares. */
export function applicationRoutes(core: StandInCore, { application, bot }: Described): Route[] {
  const get = (pattern: string, body: (call: Call) => unknown): Route => ({
    method: 'GET',
    auth: 'bot',
    pattern,
    run: (call) => ({ status: 200, body: body(call) }),
  });
  const commands = ['/applications/:application/commands', '/applications/:application/guilds/:guild/commands'];
  return [
    get('/gateway/bot', () => core.gateway.describe()),
    get('/users/@me', bot),
    get('/users/@me/guilds', () => joined(core).map((guild) => partialGuild(guild))),
    get('/users/:user', (call) => userJson(core.world.users.get(call.param('user')) ?? unknownUser())),
    get('/applications/@me', application),
    get('/oauth2/applications/@me', application),
    get('/guilds/:guild', (call) => guildJson(guildOf(call, core), core.ownerId)),
    get('/guilds/:guild/members/:user', (call) => member(call, core)),
    get('/applications/:application/guilds/:guild/commands/permissions', (call) =>
      core.commands.rules.json(scopeOf(call, core) ?? ''),
    ),
    ...commands.map((pattern) => get(pattern, (call) => listCommands(call, core))),
    ...commands.map(
      (pattern): Route => ({ method: 'PUT', auth: 'bot', pattern, run: (call) => putCommands(call, core) }),
    ),
  ];
}

const joined = (core: StandInCore) =>
  core.world.guilds
    .values()
    .filter(({ bot }) => bot)
    .toArray();

const partialGuild = ({ id, name }: Guild): JsonObject => ({
  id,
  name,
  icon: null,
  banner: null,
  owner: false,
  permissions: '2248473465835073',
  features: [],
});

function unknownUser(): never {
  throw refusal('unknownUser');
}

/** Servers the bot is no member of are unknown or closed to it. */
function guildOf(call: Call, core: StandInCore): Guild {
  const guild = core.world.guilds.get(call.param('guild'));
  if (guild === undefined) throw refusal('unknownGuild');
  if (!guild.bot) throw refusal('missingAccess');
  return guild;
}

function member(call: Call, core: StandInCore): JsonObject {
  const guild = guildOf(call, core);
  const user = core.world.users.get(call.param('user'));
  if (user === undefined) throw refusal('unknownUser');
  const member = guild.members.get(user.id);
  if (member === undefined) throw refusal('unknownMember');
  return memberJson(userJson(user), member.roles);
}

function scopeOf(call: Call, core: StandInCore): string | undefined {
  if (call.param('application') !== core.applicationId) throw refusal('onlyOwner');
  return call.param('guild') === '' ? undefined : guildOf(call, core).id;
}

function listCommands(call: Call, core: StandInCore): JsonObject[] {
  const withLocalizations = call.query.get('with_localizations') === 'true';
  return core.commands.list(scopeOf(call, core)).map((one) => core.commands.json(one, withLocalizations));
}

async function putCommands(call: Call, core: StandInCore): Promise<Answer> {
  const scope = scopeOf(call, core);
  const payload = await readJson(call.request);
  core.checkOfficially('/applications/{application_id}/commands', 'put', payload);
  const registered = core.commands.overwrite(payload, scope);
  return { status: 200, body: registered.map((one) => core.commands.json(one, true)) };
}
