import { describe, expect, test } from 'vitest';
import { permission } from '#sandbox/discord/permissions.ts';
import { begin, form, no } from './discord-raw.ts';

const view = permission.viewChannel;
const write = view | permission.sendMessages;

describe('what the bot may do in a channel', () => {
  test('it posts, reads, edits and deletes where it is allowed to', async () => {
    const { ask, channel, discord } = await begin();
    const path = `/channels/${channel.id}/messages`;

    const posted = await ask('POST', path, { body: { content: 'hello' } });
    const [message] = discord.messages(channel.id);
    const edited = await ask('PATCH', `${path}/${message?.id}`, { body: { content: 'there' } });
    const read = await ask('GET', `${path}/${message?.id}`);
    await ask('DELETE', `${path}/${message?.id}`);

    expect(posted).toMatchObject({
      status: 200,
      body: { content: 'hello', author: { id: discord.botUserId, bot: true } },
    });
    expect([edited.status, read.status]).toEqual([200, 200]);
    expect(read.body).toMatchObject({ content: 'there', edited_timestamp: expect.any(String) });
    expect(discord.messages(channel.id)).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test.each([
    ['a channel it cannot see', { permissions: 0n }, {}, 403, 50001],
    ['a channel it cannot write in', { permissions: view }, {}, 403, 50013],
    ['a thread without the permission for threads', { permissions: write, type: 11 }, {}, 403, 50013],
    [
      'an archived thread',
      { permissions: write | permission.sendMessagesInThreads, type: 11, archived: true },
      {},
      400,
      50083,
    ],
    [
      'a locked thread',
      { permissions: write | permission.sendMessagesInThreads, type: 11, locked: true },
      {},
      400,
      160005,
    ],
    ['a voice channel it cannot join', { permissions: write, type: 2 }, {}, 403, 50001],
    ['embeds where it may only write', { permissions: write }, { embeds: [{ title: 'x' }] }, 403, 50013],
    [
      'a reply where it cannot read back',
      { permissions: write },
      { message_reference: { message_id: '1' } },
      400,
      160002,
    ],
  ])('%s', async (_, place, body, status, code) => {
    const { ask, guild, discord } = await begin();
    const channel = discord.addChannel({ guildId: guild.id, ...place });

    const said = await ask('POST', `/channels/${channel.id}/messages`, { body: { content: 'x', ...body } });

    expect(said).toMatchObject(no(status, code));
    expect(discord.messages(channel.id)).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test('a file where it may only write is refused; the interaction may still bring one', async () => {
    const { ask, use, answer, webhook, channel } = await begin();
    channel.permissions = write;
    const it = use();
    await answer(it);

    const posted = await ask('POST', `/channels/${channel.id}/messages`, { form: form({}, { 'v.mp4': 'x' }) });
    const edited = await webhook('PATCH', it, { form: form({}, { 'v.mp4': 'x' }) });

    expect(posted).toMatchObject(no(403, 50013));
    expect(edited.status).toBe(200);
  });

  test('a server it was thrown out of, an unknown channel, a private channel of others', async () => {
    const { ask, guild, channel, discord } = await begin();
    const group = discord.addChannel();

    discord.removeBot(guild.id);

    const post = (id: string) => ask('POST', `/channels/${id}/messages`, { body: { content: 'x' } });
    expect(await post(channel.id)).toMatchObject(no(403, 50001));
    expect(await post('123')).toMatchObject(no(404, 10003));
    expect(await post(group.id)).toMatchObject(no(403, 50001));
    expect(await ask('GET', `/guilds/${guild.id}`)).toMatchObject(no(403, 50001));
  });

  test('a public reply can be edited by the channel, a private one is unknown there', async () => {
    const { ask, use, answer, channel } = await begin();
    const [open, hidden] = [use(), use()];
    await answer(open);
    await answer(hidden, { type: 4, data: { content: 'psst', flags: 64 } });
    open.expireToken();

    const edit = (id: string | undefined) =>
      ask('PATCH', `/channels/${channel.id}/messages/${id}`, { body: { content: 'late' } });

    expect((await edit(open.reply()?.id)).status).toBe(200);
    expect(open.reply()?.content).toBe('late');
    expect(await edit(hidden.reply()?.id)).toMatchObject(no(404, 10008));
    const list = await ask('GET', `/channels/${channel.id}/messages`);
    expect(list.body).toMatchObject([{ content: 'late' }]);
  });

  test('it cannot edit what someone else wrote', async () => {
    const { ask, channel, discord } = await begin();
    const theirs = discord.say(channel.id, discord.ownerId, 'mine');

    const said = await ask('PATCH', `/channels/${channel.id}/messages/${theirs.id}`, { body: { content: 'x' } });

    expect(said).toMatchObject(no(403, 50005));
  });
});

describe('reading a channel', () => {
  test('newest first, by limit, after and around', async () => {
    const { ask, channel, discord } = await begin({ seesContent: true });
    for (const content of ['1', '2', '3', '4', '5']) discord.say(channel.id, discord.ownerId, content);
    const ids = discord.messages(channel.id).map(({ id }) => id);
    const read = async (query: string) => {
      const { body } = await ask('GET', `/channels/${channel.id}/messages?${query}`);
      return Array.isArray(body) ? body.map(({ content }) => content) : body;
    };

    expect(await read('limit=2')).toEqual(['5', '4']);
    expect(await read(`after=${ids[1]}&limit=2`)).toEqual(['4', '3']);
    expect(await read(`around=${ids[2]}&limit=3`)).toEqual(['4', '3', '2']);
    expect(await read(`before=${ids[1]}`)).toEqual(['1']);
    expect(await ask('GET', `/channels/${channel.id}/messages?limit=101`)).toMatchObject(no(400, 50035));
  });

  test('without the history the list is empty and a message closed', async () => {
    const { ask, channel, discord } = await begin();
    const message = discord.say(channel.id, discord.ownerId, 'x');
    channel.permissions = write;

    expect(await ask('GET', `/channels/${channel.id}/messages`)).toEqual({ status: 200, body: [] });
    expect(await ask('GET', `/channels/${channel.id}/messages/${message.id}`)).toMatchObject(no(403, 50013));
  });
});

describe('a nonce', () => {
  test('that is enforced gives the message that is there, and is told at creation only', async () => {
    const { ask, channel, discord } = await begin();
    const post = (content: string) =>
      ask('POST', `/channels/${channel.id}/messages`, { body: { content, nonce: 'task-1', enforce_nonce: true } });

    const first = await post('one');
    const second = await post('two');

    const [message, ...more] = discord.messages(channel.id);
    expect(more).toEqual([]);
    expect(first.body).toMatchObject({ id: message?.id, nonce: 'task-1' });
    expect(second.body).toMatchObject({ id: message?.id, content: 'one' });
    expect((await ask('GET', `/channels/${channel.id}/messages/${message?.id}`)).body).not.toHaveProperty('nonce');
  });

  test('that is not enforced changes nothing; a long one or none at all is refused', async () => {
    const { ask, channel, discord } = await begin();
    const post = (body: object) => ask('POST', `/channels/${channel.id}/messages`, { body: { content: 'x', ...body } });

    await post({ nonce: 'a' });
    await post({ nonce: 'a' });

    expect(discord.messages(channel.id)).toHaveLength(2);
    expect(await post({ nonce: 'x'.repeat(26) })).toMatchObject(no(400, 50035));
    expect(await post({ enforce_nonce: true })).toMatchObject(no(400, 50035));
  });
});

describe('direct messages', () => {
  test('reach someone who shares a server', async () => {
    const { ask, guild, discord } = await begin();
    const user = discord.addUser();
    discord.addMember(guild.id, user.id);

    const opened = await ask('POST', '/users/@me/channels', { body: { recipient_id: user.id } });
    const again = await ask('POST', '/users/@me/channels', { body: { recipient_id: user.id } });
    const { id } = discord.world.dmWith(user.id);
    const posted = await ask('POST', `/channels/${id}/messages`, { body: { content: 'here it is' } });

    expect(opened).toMatchObject({ status: 200, body: { id, type: 1, recipients: [{ id: user.id }] } });
    expect(again.body).toEqual(opened.body);
    expect(posted.status).toBe(200);
    expect(discord.dms(user.id)).toMatchObject([{ content: 'here it is' }]);
  });

  test.each([
    ['closed ones', { dmsClosed: true }, 403, 50007],
    ['no common server', { mutualGuild: false }, 403, 50278],
  ])('%s refuse', async (_, user, status, code) => {
    const { ask, guild, discord } = await begin();
    const { id } = discord.addUser(user);
    discord.addMember(guild.id, id);

    await ask('POST', '/users/@me/channels', { body: { recipient_id: id } });
    const posted = await ask('POST', `/channels/${discord.world.dmWith(id).id}/messages`, { body: { content: 'x' } });

    expect(posted).toMatchObject(no(status, code));
    expect(discord.dms(id)).toEqual([]);
  });

  test('answer someone without a common server who wrote first', async () => {
    const { ask, discord } = await begin();
    const user = discord.addUser();

    discord.interact({ command: 'kling', userId: user.id, context: 1, options: { prompt: 'x' } });
    const posted = await ask('POST', `/channels/${discord.world.dmWith(user.id).id}/messages`, {
      body: { content: 'x' },
    });

    expect(posted.status).toBe(200);
  });

  test('to nobody are refused', async () => {
    const { ask } = await begin();

    expect(await ask('POST', '/users/@me/channels', { body: { recipient_id: '42' } })).toMatchObject(no(404, 10013));
    expect(await ask('POST', '/users/@me/channels', { body: { recipient_id: 42 } })).toMatchObject(no(400, 50035));
  });
});

describe('people and servers', () => {
  test('a member, a stranger, nobody, another server', async () => {
    const { ask, guild, discord } = await begin();
    const [member, stranger] = [discord.addUser(), discord.addUser()];
    discord.addMember(guild.id, member.id);
    const look = (guildId: string, userId: string) => ask('GET', `/guilds/${guildId}/members/${userId}`);

    expect(await look(guild.id, member.id)).toMatchObject({ status: 200, body: { user: { id: member.id } } });
    expect(await look(guild.id, stranger.id)).toMatchObject(no(404, 10007));
    expect(await look(guild.id, '42')).toMatchObject(no(404, 10013));
    expect(await look('42', member.id)).toMatchObject(no(404, 10004));
    expect(await look(discord.addGuild({ bot: false }).id, member.id)).toMatchObject(no(403, 50001));
  });

  test('the application says who owns it and how it is installed', async () => {
    const { ask, discord } = await begin({ installTypes: [0] });
    const { body } = await ask('GET', '/applications/@me');

    expect(body).toMatchObject({ id: discord.applicationId, owner: { id: discord.ownerId }, team: null });
    expect(body).toHaveProperty('integration_types_config', { 0: {} });
    expect((await ask('GET', '/oauth2/applications/@me')).body).toEqual(body);
    expect(await ask('GET', '/users/@me/guilds')).toMatchObject({ body: [{ name: expect.any(String), owner: false }] });
  });

  test('a team owns it with members of several roles', async () => {
    const { ask } = await begin({
      team: [
        { userId: '11', role: 'admin' },
        { userId: '12', role: 'read_only' },
      ],
    });

    const { body } = await ask('GET', '/applications/@me');

    expect(body).toMatchObject({
      team: {
        owner_user_id: '11',
        members: [{ user: { id: '11' } }, { user: { id: '12' }, role: 'read_only', membership_state: 2 }],
      },
    });
  });
});
