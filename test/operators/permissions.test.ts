import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { animate } from '#commands/animate.ts';
import { commands, messageCommands, operatorCommands } from '#commands/index.ts';
import { report } from '#commands/report.ts';
import { png } from '#test/images.ts';
import { openStaff, type Staff, traces, type Values } from './begin.ts';

let staff: Staff;
beforeAll(async () => {
  staff = await openStaff({ officialChecks: true });
});
afterEach(async () => {
  await staff.database.sql`delete from rules where kind = 'pause'`;
});
afterAll(() => staff[Symbol.asyncDispose]());

const roles = ['stranger', 'member', 'manager', 'operator', 'blocked'] as const;
const places = ['server', 'dm'] as const;
type Role = (typeof roles)[number];
type Place = (typeof places)[number];
/** What is said to whom; where nothing is named for a place, it is the same everywhere. */
type Row = {
  readonly command: string;
  readonly values?: Values;
  expected(role: Role, place: Place): RegExp;
};

const somebody = '700000000000000001';
const server = '700000000000000002';
const notManager = /^Only those who may manage this server/;
const notOperator = /^Only the operators of this bot can do that/;

const forManagers = (command: string, values: Values, said: RegExp): Row => ({
  command: `kling-settings ${command}`,
  values,
  expected: (role, place) => (place === 'server' && /manager|operator/.test(role) ? said : notManager),
});
const forOperators = (command: string, values: Values, said: RegExp): Row => ({
  command: `kling-admin ${command}`,
  values,
  expected: (role) => (role === 'operator' ? said : notOperator),
});

const rows: readonly Row[] = [
  {
    command: 'kling',
    values: { prompt: 'a fox' },
    expected: (role) =>
      role === 'stranger' ? /for members of the servers/ : role === 'blocked' ? /have blocked you/ : /in line|a fox/,
  },
  {
    command: 'kling-credits',
    expected: (role) =>
      role === 'stranger' ? /for members of the servers/ : role === 'blocked' ? /⚠️.*blocked you/ : /credits left/,
  },
  { command: 'kling-help', expected: () => /^\*\*Cost/ },
  { command: 'kling-history', expected: () => /./ },
  { command: 'kling-me data', expected: () => /PRIVACY\.md/ },
  { command: 'kling-me delete', expected: () => /^\*\*Delete your data/ },
  { command: 'kling-me settings', expected: () => /./ },
  forManagers('cap', { credits: 180, reason: 'enough' }, /^Each member may use here: 180 credits/),
  forManagers('block', { user: somebody }, /is blocked/),
  forManagers('unblock', { user_id: somebody }, /is not blocked any more/),
  forManagers('spend', {}, /^\*\*This server, in this period/),
  forManagers('log', {}, /^\*\*Log of this server/),
  forManagers('access', {}, /Server Settings > Integrations/),
  forOperators('grant', { user: somebody, credits: 90, reason: 'won' }, /^90 bonus credits granted/),
  forOperators('revoke', { user_id: somebody, credits: 1, reason: 'slip' }, /^1 bonus credit taken back/),
  forOperators('allowance', { user: somebody, credits: 300 }, /^Allowance of <@700000000000000001>: 300 credits/),
  forOperators('budget', { server_id: server, credits: 900 }, /^Budget of server `700000000000000002`: 900 credits/),
  forOperators('block', { server_id: server }, /is blocked/),
  forOperators('unblock', { server_id: server }, /is not blocked any more/),
  forOperators('pause', { message: 'back soon' }, /^Paused\..*Members read: back soon/),
  forOperators('resume', {}, /^The bot accepts again/),
  forOperators('task', { task: 'nonsense' }, /^I know no such task/),
  forOperators('user', { user: somebody }, /^\*\*User <@700000000000000001>/),
  forOperators('spend', {}, /^\*\*Today\*\*/),
  forOperators('balance', {}, /^The provider account has 9,000 credits: 100 videos/),
];

const cells = rows.flatMap((row) =>
  places.flatMap((place) => roles.map((role) => ({ ...row, role, place, said: row.expected(role, place) }))),
);

describe('who may do what, where', () => {
  test('every command has its row', () => {
    const declared = [...commands, ...operatorCommands].flatMap(({ declaration: { name, options = [] } }) => {
      const subcommands = options.filter(({ type }) => type === 1);
      return subcommands.length === 0 ? [name] : subcommands.map((one) => `${name} ${one.name}`);
    });

    expect(rows.map(({ command }) => command).toSorted()).toEqual(declared.toSorted());
  });

  // Sent as a forged payload: Discord's own client would not offer most of what is refused.
  test.for(cells)('/$command by a $role in a $place', async ({ command, values = {}, role, place, said }) => {
    const before = await traces(staff);

    const answer = await staff.ask(role, command, values, place === 'dm' ? { dm: true } : {});

    expect(answer.said).toMatch(said);
    const isVideo = command === 'kling' && !/stranger|blocked/.test(role);
    expect(answer.isPrivate).toBe(!isVideo);
    const isRefused = [notManager, notOperator].includes(said) || (command === 'kling' && !isVideo);
    if (isRefused) expect(await traces(staff)).toBe(before);
    expect(staff.discord.violations).toEqual([]);
  });
});

describe('Animate with Kling', () => {
  const said = (role: Role) => rows.find(({ command }) => command === 'kling')?.expected(role, 'server') ?? /^$/;

  test('is one of the two that are declared', () => {
    expect(messageCommands).toEqual([animate, report]);
  });

  test.for(places.flatMap((place) => roles.map((role) => ({ place, role, said: said(role) }))))(
    'by a $role in a $place makes what /kling would',
    async ({ place, role, said }) => {
      const { discord, people, channel, otherChannel } = staff;
      const where = place === 'dm' ? discord.dmWith(people[role]) : role === 'stranger' ? otherChannel : channel;
      const attachments = [{ name: 'a.png', bytes: png() }];
      const target = discord.say(where.id, people[role], 'look', { attachments });

      const use = { command: animate.declaration.name, userId: people[role], targetId: target.id, raw: true };
      const opened = await answered(discord.interact(use));
      const sent = await answered(opened.modalSubmit({ values: { prompt: 'a fox', 'setting.mode': 'std' } }));

      expect(sent.reply()?.content).toMatch(said);
      expect(sent.isPrivate()).toBe(/stranger|blocked/.test(role));
      expect(discord.violations).toEqual([]);
    },
  );

  async function answered(it: ReturnType<Staff['send']>) {
    staff.dispatch(it.payload);
    await staff.drain();
    return it;
  }
});

describe('Report video', () => {
  let shown = '';
  beforeAll(async () => {
    const asked = await staff.see(staff.send('partner', 'server', 'kling', { prompt: 'a fox' }));
    shown = asked.reply()?.id ?? '';
  });

  test.for(roles)(
    'by a %s: told to the operators, with a private answer; of any other message nothing is',
    async (role) => {
      const { discord, channel, otherChannel, people, database } = staff;
      const posted = discord.say(role === 'stranger' ? otherChannel.id : channel.id, people.member, 'hello');
      const use = (targetId: string) =>
        staff.see(discord.interact({ command: 'Report video', userId: people[role], targetId }));

      const video = role === 'stranger' ? null : await use(shown);
      const other = await use(posted.id);

      expect(other.reply()?.content).toMatch(/^This is no video of mine/);
      expect(other.isPrivate()).toBe(true);
      if (video !== null) {
        expect(video.reply()?.content).toMatch(/^Thank you\. The operators of this bot have your report/);
        expect(video.isPrivate()).toBe(true);
      }
      const filed =
        await database.sql`select facts from alarms where kind = 'report' and facts ->> 'by' = ${people[role]}`;
      expect(filed).toMatchObject(
        video === null ? [] : [{ facts: { owner: people.partner, channel: channel.id, message: shown } }],
      );
      expect(discord.violations).toEqual([]);
    },
  );
});

describe('what Discord’s client offers', () => {
  test.each([
    ['kling-settings', 'member', false],
    ['kling-settings', 'manager', true],
    ['kling-admin', 'member', false],
    ['kling-admin', 'manager', false],
  ] as const)('/%s to a %s: %s', (command, role, isOffered) => {
    const subcommand = command === 'kling-admin' ? 'balance' : 'spend';
    const use = () => staff.send(role, 'server', command, [{ name: subcommand, type: 1 }]);

    if (isOffered) expect(use).not.toThrow();
    else expect(use).toThrow('not offered to members without its permissions');
  });
});
