import { describe, expect, test } from 'vitest';
import { begin, form, no } from './discord-raw.ts';

describe('the first answer', () => {
  test('comes once: a second is 40060 and leaves the reply alone', async () => {
    const { use, answer, discord } = await begin();
    const it = use();

    const first = await answer(it);
    const second = await answer(it, { type: 4, data: { content: 'again' } });

    expect(first).toEqual({ status: 204, body: undefined });
    expect(second).toMatchObject(no(400, 40060));
    expect(it.reply()?.content).toBe('Accepted');
    expect(discord.violations).toEqual([]);
  });

  test('of two at once exactly one is taken', async () => {
    const { use, answer } = await begin();
    const it = use();

    const both = await Promise.all([answer(it), answer(it)]);

    expect(both.map(({ status }) => status).toSorted()).toEqual([204, 400]);
    expect(it.states).toHaveLength(1);
  });

  test('comes within three seconds of the event, else 10062 and no reply', async () => {
    const { use, answer } = await begin();
    const late = use({ at: Date.now() - 3_001 });
    const inTime = use({ at: Date.now() - 60_000, answerWithinMs: 3_000 });

    expect(await answer(late)).toMatchObject(no(404, 10062));
    expect(await answer(inTime)).toMatchObject({ status: 204 });
    expect(late.reply()).toBeUndefined();
    await expect(late.callback).rejects.toThrow(/waited/);
  });

  test('with a wrong token or id is 10062', async () => {
    const { use, answer } = await begin();
    const it = use();
    const other = use();

    expect(await answer({ ...it, token: 'nonsense' })).toMatchObject(no(404, 10062));
    expect(await answer({ ...it, token: other.token })).toMatchObject(no(404, 10062));
  });

  test('says with_response what it became', async () => {
    const { use, answer } = await begin();
    const it = use();
    const deferred = use();

    const said = await answer(it, { type: 4, data: { content: 'psst', flags: 64 } }, '?with_response=true');
    const waiting = await answer(deferred, { type: 5 }, '?with_response=true');

    const id = it.reply()?.id;
    const seen = { response_message_id: id, response_message_loading: false, response_message_ephemeral: true };
    expect(said.body).toMatchObject({
      interaction: { id: it.id, type: 2, ...seen },
      resource: { type: 4, message: { id } },
    });
    expect(waiting.body).toMatchObject({ interaction: { response_message_loading: true }, resource: { type: 5 } });
    expect(waiting.body).not.toHaveProperty('resource.message');
    expect(it.isPrivate()).toBe(true);
    expect(deferred.isPrivate()).toBe(false);
  });

  test('reports how long it took', async () => {
    const { use, answer } = await begin();
    const it = use();

    await answer(it);

    const { type, latencyMs, data } = await it.callback;
    expect({ type, data }).toEqual({ type: 4, data: { content: 'Accepted' } });
    expect(latencyMs).toBeGreaterThan(0);
  });

  test.each([
    ['a defer that says more than private', { type: 5, data: { flags: 1 << 15 } }],
    ['a defer with content', { type: 5, data: { content: 'x' } }],
    ['an update without a message', { type: 7, data: { content: 'x' } }],
    ['a deferred update without a message', { type: 6 }],
    ['choices for a command', { type: 8, data: { choices: [] } }],
    ['an unknown type', { type: 3 }],
    ['a flag that nobody can set', { type: 4, data: { content: 'x', flags: 1 << 7 } }],
    ['a type as text', { type: '4', data: { content: 'x' } }],
    [
      'a modal of six',
      { type: 9, data: { title: 't', custom_id: 'c', components: Array(6).fill({ type: 10, content: 'x' }) } },
    ],
  ])('%s is refused and reported', async (_, body) => {
    const { use, answer, discord } = await begin();
    const it = use();

    expect(await answer(it, body)).toMatchObject(no(400, 50035));
    expect(it.reply()).toBeUndefined();
    expect(discord.violations).toHaveLength(1);
  });
});

describe('a live token', () => {
  test('reads, edits and deletes the reply', async () => {
    const { use, answer, webhook, discord } = await begin();
    const it = use();
    await answer(it, { type: 5 });

    const loading = await webhook('GET', it);
    const edited = await webhook('PATCH', it, { body: { content: 'Done' } });
    const gone = await webhook('DELETE', it);

    expect(loading).toMatchObject({ status: 200, body: { content: '', flags: 1 << 7 } });
    expect(edited).toMatchObject({
      status: 200,
      body: { content: 'Done', flags: 0, interaction_metadata: { id: it.id } },
    });
    expect(gone.status).toBe(204);
    expect(it.reply()).toBeUndefined();
    expect(it.states.map(({ message }) => message.content)).toEqual(['', 'Done']);
    expect(discord.violations).toEqual([]);
  });

  test('is worth nothing before the answer, after its life, or with another application', async () => {
    const { use, answer, webhook, ask, original, discord } = await begin();
    const [unanswered, expired, foreign] = [use(), use(), use()];
    await answer(expired);
    await answer(foreign);
    expired.expireToken();

    expect(await webhook('GET', unanswered)).toMatchObject(no(404, 10015));
    expect(await webhook('PATCH', expired, { body: { content: 'x' } })).toMatchObject(no(401, 50027));
    expect(await ask('GET', original(foreign).replace(discord.applicationId, '1'), { auth: false })).toMatchObject(
      no(404, 10015),
    );
  });

  test('dies by itself after its lifetime', async () => {
    const { use, answer, webhook } = await begin({ tokenLifetimeMs: 15 * 60_000 });
    const it = use({ at: Date.now() - 15 * 60_000, answerWithinMs: 3000 });

    await answer(it);

    expect(await webhook('GET', it)).toMatchObject(no(401, 50027));
  });

  test('of a reply that someone deleted answers 10008', async () => {
    const { use, answer, webhook } = await begin();
    const it = use();
    await answer(it);

    it.deleteReply();

    expect(await webhook('PATCH', it, { body: { content: 'x' } })).toMatchObject(no(404, 10008));
  });

  test('called again after it died is a violation; once is not', async () => {
    const { use, answer, webhook, discord } = await begin();
    const it = use();
    await answer(it);
    it.expireToken();

    await webhook('GET', it);
    expect(discord.violations).toEqual([]);
    await webhook('GET', it);
    expect(discord.violations).toEqual([expect.stringContaining('called again after it answered 401')]);
  });

  test('must come without the bot token', async () => {
    const { use, answer, ask, original, discord } = await begin();
    const it = use();
    await answer(it);

    expect((await ask('GET', original(it))).status).toBe(200);
    expect(discord.violations).toEqual([expect.stringContaining('Authorization header')]);
  });

  test('cannot change who sees the reply', async () => {
    const { use, answer, webhook } = await begin();
    const it = use();
    await answer(it);

    expect(await webhook('PATCH', it, { body: { content: 'x', flags: 64 } })).toMatchObject(no(400, 50035));
    expect(it.isPrivate()).toBe(false);
  });
});

describe('follow-ups', () => {
  test('the first after a defer fills the waiting reply, whatever its own privacy', async () => {
    const { use, answer, ask, discord } = await begin();
    const it = use();
    await answer(it, { type: 5 });
    const path = `/webhooks/${discord.applicationId}/${it.token}`;

    await ask('POST', path, { body: { content: 'first', flags: 64 }, auth: false });
    await ask('POST', path, { body: { content: 'second', flags: 64 }, auth: false });

    expect(it.reply()?.content).toBe('first');
    expect(it.isPrivate()).toBe(false);
    expect(it.followups.map(({ content, flags }) => ({ content, flags }))).toEqual([{ content: 'second', flags: 64 }]);
  });

  test('end at five where only the member installed the bot', async () => {
    const { answer, ask, discord } = await begin();
    const elsewhere = discord.addGuild({ bot: false });
    const it = discord.interact({ command: 'kling', guildId: elsewhere.id, options: { prompt: 'x' } });
    await answer(it);
    const follow = () =>
      ask('POST', `/webhooks/${discord.applicationId}/${it.token}`, { body: { content: 'x' }, auth: false });

    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await follow()).status);

    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(await follow()).toMatchObject(no(400, 40094));
    expect(it.payload.authorizing_integration_owners).toEqual({ 1: discord.ownerId });
  });
});

describe('messages', () => {
  test.each([
    ['nothing at all', {}, 50006],
    ['only blanks', { content: '  \n ' }, 50006],
    ['2001 characters', { content: 'x'.repeat(2001) }, 50035],
    ['an unknown property', { content: 'x', colour: 'red' }, 50035],
    ['content of a wrong type', { content: 7 }, 50035],
    ['mentions parsed and listed', { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } }, 50035],
    ['an unknown kind of mention', { content: 'x', allowed_mentions: { parse: ['cats'] } }, 50035],
    ['an embed with a video', { embeds: [{ title: 'x', video: { url: 'https://a.b/c.mp4' } }] }, 50035],
    ['embeds of over 6000', { embeds: [{ description: 'x'.repeat(4000) }, { description: 'y'.repeat(2001) }] }, 50035],
    [
      'a link of 513',
      {
        content: 'x',
        components: [
          { type: 1, components: [{ type: 2, style: 5, label: 'l', url: `https://a.b/${'c'.repeat(501)}` }] },
        ],
      },
      50035,
    ],
    [
      'a link button with an id',
      {
        content: 'x',
        components: [{ type: 1, components: [{ type: 2, style: 5, label: 'l', url: 'https://a.b', custom_id: 'c' }] }],
      },
      50035,
    ],
    [
      'a button without an id',
      { content: 'x', components: [{ type: 1, components: [{ type: 2, style: 1, label: 'l' }] }] },
      50035,
    ],
    [
      'six buttons',
      {
        content: 'x',
        components: [
          {
            type: 1,
            components: Array.from({ length: 6 }, (_, i) => ({ type: 2, style: 1, label: 'l', custom_id: `${i}` })),
          },
        ],
      },
      50035,
    ],
    [
      'an id twice',
      {
        content: 'x',
        components: [{ type: 1, components: [0, 1].map(() => ({ type: 2, style: 1, label: 'l', custom_id: 'c' })) }],
      },
      50035,
    ],
    ['V2 parts without the flag', { components: [{ type: 10, content: 'x' }] }, 50035],
    ['V2 and content', { content: 'x', flags: 1 << 15, components: [{ type: 10, content: 'x' }] }, 50035],
    [
      'a picture that is not attached',
      { flags: 1 << 15, components: [{ type: 12, items: [{ media: { url: 'attachment://a.mp4' } }] }] },
      50035,
    ],
    ['an attachment that is not there', { content: 'x', attachments: [{ id: '0', filename: 'a.mp4' }] }, 50035],
  ])('%s is refused', async (_, data, code) => {
    const { use, answer, discord } = await begin();
    const it = use();

    expect(await answer(it, { type: 4, data })).toMatchObject(no(400, code));
    expect(discord.violations).toHaveLength(1);
  });

  test.each([
    ['text', { content: 'x'.repeat(2000) }],
    [
      'a link',
      {
        content: 'x',
        flags: 4,
        components: [{ type: 1, components: [{ type: 2, style: 5, label: 'l', url: 'https://a.b' }] }],
      },
    ],
    ['an embed', { embeds: [{ title: 'x', color: 0xff, fields: [{ name: 'a', value: 'b', inline: true }] }] }],
    ['V2', { flags: 1 << 15, components: [{ type: 17, components: [{ type: 10, content: 'x' }, { type: 14 }] }] }],
    ['mentions that nobody hears', { content: '@everyone <@1> <@&2>', allowed_mentions: { parse: [] } }],
  ])('%s is taken', async (_, data) => {
    const { use, answer, discord } = await begin();
    const it = use();

    expect(await answer(it, { type: 4, data })).toMatchObject({ status: 204 });
    expect(discord.violations).toEqual([]);
  });

  test('the refusal names the field', async () => {
    const { use, answer } = await begin();

    const said = await answer(use(), { type: 4, data: { embeds: [{ footer: { text: '' } }] } });

    expect(said.body).toMatchObject({
      errors: { data: { embeds: { 0: { footer: { text: { _errors: [{ code: expect.any(String) }] } } } } } },
    });
  });

  test.each([
    ['a member', '<@1234>', undefined],
    ['everyone, allowed by hand', '@everyone', { parse: ['everyone'] }],
    ['a listed role', '<@&77>', { roles: ['77'] }],
    ['somebody else, named by hand', '<@1234>', { users: ['1234'] }],
  ])('a ping of %s is a violation', async (_, content, allowed_mentions) => {
    const { use, answer, discord } = await begin();

    await answer(use(), { type: 4, data: { content, ...(allowed_mentions && { allowed_mentions }) } });

    expect(discord.violations).toEqual([expect.stringContaining('a mention pings')]);
  });

  test('a ping is the member’s own, named by hand in a new message', async () => {
    const { use, ask, answer, webhook, discord } = await begin();
    const it = use();
    await answer(it);
    const userId = String((it.payload.member as { user: { id: string } }).user.id);
    const body = { content: `<@${userId}>`, allowed_mentions: { users: [userId] } };

    const said = await ask('POST', `/webhooks/${discord.applicationId}/${it.token}`, { body, auth: false });
    expect(said).toMatchObject({ body: { mentions: [{ id: userId }] } });
    expect(discord.violations).toEqual([]);

    // An edit notifies nobody.
    await webhook('PATCH', it, { body });
    expect(discord.violations).toEqual([expect.stringContaining('a mention pings')]);
  });

  test('automatic moderation refuses words with 200000, and that is no violation', async () => {
    const { use, answer, webhook, discord } = await begin();
    const it = use();
    await answer(it);

    discord.autoModerate(/forbidden/);

    expect(await webhook('PATCH', it, { body: { content: 'a forbidden word' } })).toMatchObject(no(400, 200000));
    expect(await webhook('PATCH', it, { body: { content: 'fine' } })).toMatchObject({ status: 200 });
    expect(discord.violations).toEqual([]);
  });
});

describe('components and modals', () => {
  const again = { type: 1, components: [{ type: 2, style: 1, label: 'Again', custom_id: 'again:1' }] };

  test('a click is an interaction of its own, with a fresh token for the same message', async () => {
    const { use, answer, webhook, discord } = await begin();
    const it = use();
    await answer(it, { type: 4, data: { content: 'Done', components: [again] } });
    it.expireToken();

    const click = it.component({ userId: discord.addUser().id, customId: 'again:1' });
    await answer(click, { type: 6 });
    const edited = await webhook('PATCH', click, { body: { content: 'Still here' } });

    expect(click.payload).toMatchObject({
      type: 3,
      data: { custom_id: 'again:1', component_type: 2 },
      message: { id: it.reply()?.id },
    });
    expect(edited.status).toBe(200);
    expect(it.reply()?.content).toBe('Still here');
    expect(() => it.component({ customId: 'nothing' })).toThrow(/no component/);
  });

  test('a modal is shown, filled in and answered', async () => {
    const { use, answer, discord } = await begin();
    const it = use();
    const input = { type: 4, custom_id: 'text', style: 2, required: true };
    await answer(it, {
      type: 9,
      data: { title: 'Prompt', custom_id: 'edit', components: [{ type: 18, label: 'Prompt', component: input }] },
    });

    const sent = it.modalSubmit({ values: { text: 'a blue fox' } });
    await answer(sent);

    expect(sent.payload).toMatchObject({
      type: 5,
      data: { custom_id: 'edit', components: [{ type: 18, component: { custom_id: 'text', value: 'a blue fox' } }] },
    });
    expect(sent.reply()?.content).toBe('Accepted');
    expect(discord.violations).toEqual([]);
  });
});

test('attachments of a reply: kept if listed, dropped if not, added if uploaded', async () => {
  const { use, answer, webhook } = await begin();
  const it = use();
  await answer(it);
  const names = () => it.reply()?.attachments.map(({ filename }) => filename);

  await webhook('PATCH', it, { form: form({}, { 'a b.mp4': 'aa', 'b.mp4': 'bb' }) });
  expect(names()).toEqual(['a_b.mp4', 'b.mp4']);

  const kept = it.reply()?.attachments[1]?.id;
  await webhook('PATCH', it, {
    form: form({ attachments: [{ id: kept }, { id: '1', filename: 'd.mp4' }] }, { 'c.mp4': 'cc', 'x.mp4': 'dd' }),
  });
  expect(names()).toEqual(['b.mp4', 'd.mp4']);
  expect(it.uploads().map(({ bytes }) => bytes?.toString())).toEqual(['bb', 'dd']);

  await webhook('PATCH', it, { body: { content: 'text', attachments: [] } });
  expect(names()).toEqual([]);
});
