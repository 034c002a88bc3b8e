import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newWish } from '#test/store.ts';
import { openStaff, type Staff, traces } from './begin.ts';

let staff: Staff;
beforeEach(async () => {
  staff = await openStaff();
});
afterEach(async () => {
  expect(staff.discord.violations).toEqual([]);
  await staff[Symbol.asyncDispose]();
});

const prompt = (text: string) => ({ request: { ...newWish().request, prompt: text } });

describe('/kling-admin task', () => {
  test('tells all about one task by id, by the mark under its video or by a link to its message', async () => {
    const { member } = staff.people;
    const task = await staff.store.render({ userId: member, ...prompt('a *fox*') });
    await staff.store.noteRequest(task.id, 'req_7');
    await staff.store.succeed(task.id, 80, ['https://media.example/film.mp4']);
    const { channelId, guildId, messageId } = (await staff.store.found(task.id)).reply;
    const link = `https://ptb.discord.com/channels/${guildId}/${channelId}/${messageId}`;

    const answers = await Promise.all(
      [task.id, task.id.slice(0, 8).toUpperCase(), `<${link}>`].map((name) =>
        staff.ask('operator', 'kling-admin task', { task: name }),
      ),
    );

    for (const { said, isPrivate } of answers) {
      expect(said).toContain(`**Task \`${task.id}\`**\nState: \`succeeded\`; its reply: \`pending\``);
      expect(said).toContain(`Asked for by <@${member}> in https://discord.com/channels/`);
      expect(said).toContain('Prompt: a \\*fox\\*');
      expect(said).toContain(`Render at the provider: \`render-${task.id}\`; my request there is named \`${task.id}\``);
      expect(said).toContain('answered with a no: `req_7`');
      expect(said).toContain('90 held, 90 reserved, 80 charged');
      expect(said).toMatch(/\*\*Moves\*\*\n-# accepted <t:\d+:f>\n(-# .*\n)*-# closed <t/);
      expect(said).toMatch(new RegExp(`\`user:${member}\` \\d{4}-\\d\\d-\\d\\d · settle 80`));
      expect(isPrivate).toBe(true);
      expect(said.length).toBeLessThan(2000);
    }
  });

  test.each([
    'nonsense',
    randomUUID(),
    'deadbeef',
    "' or true --",
    'https://discord.com/channels/1/2/300000000000000099',
    'https://evil.example/channels/1/2/300000000000000001',
  ])('knows no %s', async (name) => {
    await staff.store.render();

    expect((await staff.ask('operator', 'kling-admin task', { task: name })).said).toMatch(/^I know no such task/);
  });

  test('gives an uncertain task the render that the provider has, once, and nothing else', async () => {
    const task = await staff.store.render();
    await staff.store.doubt(task.id, { code: 'send_uncertain', message: null });
    await staff.database.sql`update tasks set provider_id = null, next_poll_at = null`;
    const other = await staff.store.accept();
    const render = await realRender();
    const attach = (of: string, id: string) => staff.ask('operator', 'kling-admin task', { task: of, attach: id });

    const unknown = await attach(task.id, 'gen_none');
    const notUncertain = await attach(other.id, render);
    const given = await attach(task.id, render);
    const again = await attach(task.id, render);
    const file = await staff.ask('operator', 'kling-admin task', { task: task.id });

    expect(unknown.said).toMatch(/^The provider knows no render of this id/);
    expect(notUncertain.said).toMatch(/^Only an uncertain task .* this one is `accepted`/);
    expect(given.said).toBe(`The render \`${render}\` belongs to this task now; it is looked up at once.`);
    expect(again.said).toBe(given.said);
    expect(file.said).toContain(`**By operators**\n-# <t:`);
    const due = await staff.store.claimDue(10, 20_000);
    expect(due).toMatchObject([{ id: task.id, providerId: render, status: 'uncertain' }]);
    const second = await uncertain();
    expect((await attach(second, render)).said).toMatch(/^This render belongs to another task/);
  });

  test('attaches nothing while the provider does not answer', async () => {
    const id = await uncertain();
    const before = await traces(staff);
    staff.rivya.faults.add({ route: /generations/, status: 503, times: 1 });

    const { said } = await staff.ask('operator', 'kling-admin task', { task: id, attach: 'gen_1' });

    expect(said).toMatch(/^The provider does not answer now/);
    expect(await traces(staff)).toBe(before);
  });

  async function uncertain(): Promise<string> {
    const task = await staff.store.render();
    await staff.store.doubt(task.id, { code: 'send_uncertain', message: null });
    await staff.database.sql`update tasks set provider_id = null, next_poll_at = null where id = ${task.id}`;
    return task.id;
  }

  async function realRender(): Promise<string> {
    const body = {
      model: 'kling-3-0',
      prompt: 'a fox',
      params: { mode: 'pro', duration: '5' },
      client_request_id: '1',
    };
    const response = await fetch(`${staff.rivya.url}/api/v1/generations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${staff.rivya.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
    });
    const { id } = (await response.json()) as { id: string };
    return id;
  }
});

describe('/kling-admin user, spend and balance', () => {
  test('tell of a user what they have, what is set about them, their entries and tasks', async () => {
    const { member } = staff.people;
    await staff.ask('operator', 'kling-admin grant', { user: member, credits: 50, reason: 'thanks' });
    await staff.ask('operator', 'kling-admin allowance', { user: member, credits: 300 });
    await staff.ask('manager', 'kling-settings block', { user: member, reason: 'spam' });
    const task = await staff.store.render({ userId: member, reply: { ...newWish().reply, guildId: null } });

    const { said } = await staff.ask('operator', 'kling-admin user', { user: member });
    const nobody = await staff.ask('operator', 'kling-admin user', { user_id: '700000000000000009' });

    expect(said).toContain('0 spent and 90 held of the allowance of this period');
    expect(said).toContain('Bonus: 50 left of 50; 0 spent, 0 held');
    expect(said).toContain(`\`user:${member}\` allowance 300`);
    expect(said).toContain(`\`guild:${staff.guild.id}:user:${member}\` block spam`);
    expect(said).toContain(`\`${task.id}\` rendering, none · a fox`);
    expect(said).toContain('50 bonus granted · thanks');
    expect(nobody.said).toContain('0 spent and 0 held');
  });

  test('tell what was spent, written off and failed, and by whom', async () => {
    const { member, manager } = staff.people;
    const free = { ...newWish().reply, guildId: staff.guild.id };
    const [one, two, three, four] = [
      await staff.store.render({ userId: member, reply: free }),
      await staff.store.render({ userId: manager, reply: free }),
      await staff.store.render({ userId: manager, reply: free }),
      await staff.store.render({ userId: member, reply: free }),
    ];
    await staff.store.succeed(one.id, 80, []);
    await staff.store.succeed(two.id, 90, []);
    await staff.store.fail(three.id, { code: 'x', message: null }, 30);
    await staff.store.doubt(four.id, { code: 'x', message: null });
    await staff.database.sql`update ledger set at = at - interval '40 days' where task_id = ${one.id}`;

    const { said } = await staff.ask('operator', 'kling-admin spend');

    const today = said.slice(0, said.indexOf('**This week**'));
    expect(today).toBe(
      `**Today**\n90 credits spent, 30 written off; 4 tasks, 1 failed, 1 uncertain\n-# By <@${manager}> 90\n`,
    );
    expect(said).toContain('**This month**\n90 credits spent');
  });

  test('tell the provider’s balance in credits and videos, and why it cannot be told', async () => {
    staff.rivya.credits = 269;
    const balance = await staff.ask('operator', 'kling-admin balance');
    staff.rivya.faults.add({ route: /credits/, status: 503, times: 1 });
    const away = await staff.ask('operator', 'kling-admin balance');
    staff.rivya.revokeKey();
    const refused = await staff.ask('operator', 'kling-admin balance');

    expect(balance.said).toBe('The provider account has 269 credits: 2 videos.');
    expect(away.said).toBe('The provider does not answer now.');
    expect(refused.said).toMatch(/^The provider refuses RIVYA_API_KEY/);
  });
});

test('while the database is slow the answer is deferred, private, and comes when it is there', async () => {
  const taken = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = staff.database.sql.begin(async (tx) => {
    await tx`lock table audit`;
    taken.resolve();
    await locked.promise;
  });
  await taken.promise;
  const options = [{ name: 'resume', type: 1, options: [] }];
  const it = staff.send('operator', 'server', 'kling-admin', options, { raw: true, answerWithinMs: 30_000 });

  staff.dispatch(it.payload);
  const first = await it.callback;
  locked.resolve();
  await holding;
  await staff.drain();

  expect(first).toMatchObject({ type: 5, data: { flags: 64 } });
  expect(it.reply()?.content).toMatch(/^The bot accepts again/);
  expect(it.isPrivate()).toBe(true);
});
