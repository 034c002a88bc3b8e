import type { makeInspect } from '#src/app/inspect.ts';
import type { AllowanceOf, makeOperate, UserOrServer } from '#src/app/operate.ts';
import { type Actor, actorOf } from '#src/domain/acts.ts';
import type { Language, Model } from '#src/domain/parameters.ts';
import { actRefusalText, blockText, bonusText, figureText, pauseText, person } from './act-wording.ts';
import type { CommandCall } from './calls.ts';
import { taskText, totalsText, userText, walletText } from './inspection-wording.ts';
import { languageOf } from './languages.ts';
import { type Body, textBody } from './messages.ts';
import { type Given, readSubcommand } from './subcommands.ts';
import { actTexts } from './texts/acts.ts';
import { answers } from './texts/answers.ts';

type Ports = {
  readonly model: Model;
  readonly operatorIds: readonly string[];
  readonly operate: ReturnType<typeof makeOperate>;
  readonly inspect: ReturnType<typeof makeInspect>;
  tell(call: CommandCall, work: () => Promise<Body>): Promise<void>;
  sayPrivately(call: CommandCall, text: string): Promise<unknown>;
};
type Asked = { readonly actor: Actor; readonly given: Given; readonly language: Language };

/** What operators do and look up, by subcommand. Whoever else sends one is refused before anything is read. */
export function makeAdmin({ model, operatorIds, operate, inspect, tell, sayPrivately }: Ports) {
  const verbs: { readonly [subcommand: string]: (asked: Asked) => Promise<string> } = {
    async grant({ actor, given, language }) {
      const userId = userOf(given);
      if (userId === null) return actTexts(language).whichUser();
      const change = await operate.grant(actor, userId, given.number('credits') ?? Number.NaN, given.text('reason'));
      return bonusText(change, 'granted', userId, language);
    },

    async revoke({ actor, given, language }) {
      const userId = userOf(given);
      if (userId === null) return actTexts(language).whichUser();
      const change = await operate.revoke(actor, userId, given.number('credits') ?? Number.NaN, given.text('reason'));
      return bonusText(change, 'revoked', userId, language);
    },

    async allowance({ actor, given, language }) {
      const of = allowanceOf(actor, given);
      if (of === null) return actTexts(language).whichOne();
      const change = await operate.setAllowance(actor, of, given.number('credits'), given.text('reason'));
      const whom = whomText(of, language);
      return figureText(change, (after) => actTexts(language).allowance({ whom, after }), language);
    },

    async budget({ actor, given, language }) {
      const text = actTexts(language);
      const guildId = serverOf(given);
      if (guildId === null) return text.whichServer();
      const credits = given.number('credits');
      if (credits !== null && given.flag('unlimited')) return text.whichFigure();
      const figure = given.flag('unlimited') ? 'unlimited' : credits;
      const change = await operate.setBudget(actor, guildId, figure, given.text('reason'));
      return figureText(change, (after) => text.budget({ whom: text.server({ server: guildId }), after }), language);
    },

    async block({ actor, given, language }) {
      const whom = userOrServer(given);
      if (whom === null) return actTexts(language).whichOne();
      return blockText(await operate.block(actor, whom, given.text('reason')), whomText(whom, language), language);
    },

    async unblock({ actor, given, language }) {
      const whom = userOrServer(given);
      if (whom === null) return actTexts(language).whichOne();
      return blockText(await operate.unblock(actor, whom, given.text('reason')), whomText(whom, language), language);
    },

    pause: async ({ actor, given, language }) => pauseText(await operate.pause(actor, given.text('message')), language),
    resume: async ({ actor, language }) => pauseText(await operate.resume(actor), language),

    async task({ actor, given, language }) {
      const name = given.text('task') ?? '';
      const providerId = given.text('attach')?.trim();
      const file = await inspect.task(actor, name);
      if ('refused' in file) return actRefusalText(file, language);
      if (providerId === undefined) return taskText(file, model, language);
      const attached = await operate.attach(actor, file.task.id, providerId);
      if ('refused' in attached) return actRefusalText(attached, language);
      return actTexts(language).attached({ provider: attached.providerId.replaceAll('`', "'") });
    },

    async user({ actor, given, language }) {
      const userId = userOf(given);
      if (userId === null) return actTexts(language).whichUser();
      const file = await inspect.user(actor, userId);
      return 'refused' in file ? actRefusalText(file, language) : userText(userId, file, language);
    },

    async spend({ actor, language }) {
      const read = await inspect.spend(actor);
      return 'refused' in read ? actRefusalText(read, language) : totalsText(read.totals, language);
    },

    async balance({ actor, language }) {
      const wallet = await inspect.wallet(actor);
      return 'refused' in wallet ? actRefusalText(wallet, language) : walletText(wallet, model, language);
    },
  };

  return async function admin(call: CommandCall): Promise<void> {
    const language = languageOf(call.locale);
    const given = readSubcommand(call);
    if (!operatorIds.includes(call.userId)) {
      return void (await sayPrivately(call, actTexts(language).notOperator()));
    }
    // Own properties alone: the name is as it came.
    const verb = given.name !== null && Object.hasOwn(verbs, given.name) ? verbs[given.name] : undefined;
    if (verb === undefined) return void (await sayPrivately(call, answers(language).outdated()));
    await tell(call, async () => textBody(await verb({ actor: actorOf(call), given, language })));
  };
}

function userOf(given: Given): string | null {
  const id = given.id('user', 'user_id');
  return id === 'unreadable' ? null : id;
}

function serverOf(given: Given): string | null {
  const id = given.id('server', 'server_id');
  return id === 'unreadable' ? null : id;
}

/** Exactly one of them. */
function userOrServer(given: Given): UserOrServer | null {
  const [userId, guildId] = [given.id('user', 'user_id'), given.id('server', 'server_id')];
  if (userId === 'unreadable' || guildId === 'unreadable') return null;
  if (userId !== null) return guildId === null ? { userId } : null;
  return guildId === null ? null : { guildId };
}

/** A role is one of this server, or of the one that is named with it. With nothing named: everybody's. */
function allowanceOf({ guildId: here }: Actor, given: Given): AllowanceOf | null {
  const ids = [given.id('user', 'user_id'), given.id('role', 'role_id'), given.id('server', 'server_id')] as const;
  const [userId, roleId, guildId] = ids;
  if (ids.includes('unreadable')) return null;
  if (userId !== null) return roleId === null && guildId === null ? { userId } : null;
  if (roleId !== null) {
    const server = guildId ?? here;
    return server === null ? null : { guildId: server, roleId };
  }
  return guildId === null ? 'everybody' : { guildId };
}

function whomText(of: AllowanceOf, language: Language): string {
  const text = actTexts(language);
  if (of === 'everybody') return text.everybody();
  if ('userId' in of) return person(of.userId);
  if (!('roleId' in of)) return text.server({ server: of.guildId });
  return text.role({ role: `<@&${of.roleId}>`, server: of.guildId });
}
