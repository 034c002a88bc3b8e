import { describe, expect, test } from 'vitest';
import type { DiscordOptions } from '#sandbox/discord/discord.ts';
import { installLink, makeIsMember, readApplication } from '#src/discord/application.ts';
import { openRests } from '#src/discord/rest.ts';
import { TokenRefused } from '#src/discord/token-refused.ts';
import { serve } from '../rivya/begin.ts';
import { begin } from './begin.ts';

const ids = ['600000000000000001', '600000000000000002', '600000000000000003', '600000000000000004'] as const;

describe('whose bot it is', () => {
  const read = async (options: DiscordOptions = {}) => {
    const { discord, rests } = await begin(options);
    return { discord, application: await readApplication(rests.bot) };
  };

  test('a person’s: that person operates it', async () => {
    const { discord, application } = await read({ applicationName: 'Film Fox' });

    expect(application).toEqual({
      id: discord.applicationId,
      botUserId: discord.botUserId,
      botName: 'Film Fox',
      operatorIds: [discord.ownerId],
      installTypes: [0, 1],
    });
  });

  test('a team’s: its owner, admins and developers do, and those who only read do not', async () => {
    const roles = ['admin', 'admin', 'developer', 'read_only'] as const;

    const { application } = await read({ team: roles.map((role, index) => ({ role, userId: ids[index] ?? '' })) });

    expect(application.operatorIds).toEqual([ids[0], ids[1], ids[2]]);
  });

  test.each([[[0]], [[1]]] as const)('it is installed by %j', async (installTypes) => {
    expect((await read({ installTypes })).application.installTypes).toEqual(installTypes);
  });
});

/** What `GET /applications/@me` may say beyond the stand-in's own. */
async function answering(application: object, status = 200) {
  const url = await serve((request, response) => {
    const isUser = request.url?.endsWith('/users/@me') === true;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(
        JSON.stringify(
          status !== 200 ? { message: 'no', code: 0 } : isUser ? { id: '1', username: 'bot' } : application,
        ),
      );
  });
  return openRests(`${url}/api`, 'token').bot;
}

test('a member who was only invited to the team operates nothing yet', async () => {
  const member = (id: string, membership_state: number) => ({ membership_state, role: 'admin', user: { id } });
  const bot = await answering({
    id: '1',
    name: 'x',
    team: { owner_user_id: '5', members: [member('6', 2), member('7', 1)] },
  });

  expect((await readApplication(bot)).operatorIds).toEqual(['5', '6']);
});

test.each([
  ['without install types', { id: '1', name: 'x', owner: { id: '5' } }],
  ['with none', { id: '1', name: 'x', owner: { id: '5' }, integration_types_config: {} }],
  ['with null', { id: '1', name: 'x', owner: { id: '5' }, integration_types_config: null, team: null }],
])('an application %s is installed to servers', async (_, application) => {
  expect(await readApplication(await answering(application))).toMatchObject({ installTypes: [0], operatorIds: ['5'] });
});

test('a wrong token is told as that', async () => {
  const { discord } = await begin();

  await expect(readApplication(openRests(discord.url, 'wrong').bot)).rejects.toBeInstanceOf(TokenRefused);
});

test('a Discord that refuses for another reason is not taken for a wrong token', async () => {
  await expect(readApplication(await answering({}, 403))).rejects.not.toBeInstanceOf(TokenRefused);
});

test('the install link has just the scopes and permissions that are needed', () => {
  const link = new URL(installLink('123456789012345678'));

  expect(`${link.origin}${link.pathname}`).toBe('https://discord.com/oauth2/authorize');
  expect(Object.fromEntries(link.searchParams)).toEqual({
    client_id: '123456789012345678',
    scope: 'bot applications.commands',
    // discord.md §1: view, send, send in threads, attach, embed, history.
    permissions: '274878024704',
  });
});

describe('membership', () => {
  test('of a member, of a stranger and of somebody unknown', async () => {
    const { discord, rests, guild, user } = await begin();
    const isMember = makeIsMember(rests.bot);

    expect(await isMember(guild.id, user.id)).toBe(true);
    expect(await isMember(guild.id, discord.addUser().id)).toBe(false);
    expect(await isMember(guild.id, ids[3])).toBe(false);
  });

  test('in a server that the bot cannot see is not known', async () => {
    const { discord, rests, user } = await begin();
    const other = discord.addGuild({ bot: false });

    await expect(makeIsMember(rests.bot)(other.id, user.id)).rejects.toMatchObject({ status: 403 });
  });
});
