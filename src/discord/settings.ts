import { ButtonStyle, ComponentType } from 'discord.js';
import type { makeManage } from '#src/app/manage.ts';
import { type Actor, actorOf, isManager } from '#src/domain/acts.ts';
import type { Language } from '#src/domain/parameters.ts';
import { actRefusalText, blockText, figureText, person } from './act-wording.ts';
import type { CommandCall } from './calls.ts';
import { logText, spendHereText } from './inspection-wording.ts';
import { languageOf } from './languages.ts';
import { type Body, textBody } from './messages.ts';
import { type Given, readSubcommand } from './subcommands.ts';
import { actTexts } from './texts/acts.ts';
import { answers } from './texts/answers.ts';
import { inspectionTexts } from './texts/inspection.ts';

type Ports = {
  readonly operatorIds: readonly string[];
  readonly manage: ReturnType<typeof makeManage>;
  tell(call: CommandCall, work: () => Promise<Body>): Promise<void>;
  sayPrivately(call: CommandCall, text: string): Promise<unknown>;
};
type Asked = { readonly actor: Actor; readonly given: Given; readonly language: Language };

/** What managers set in their own server, by subcommand: it narrows what operators allow, and spends nothing. */
export function makeSettings({ operatorIds, manage, tell, sayPrivately }: Ports) {
  const verbs: { readonly [subcommand: string]: (asked: Asked) => Promise<string | Body> } = {
    async cap({ actor, given, language }) {
      const change = await manage.setCap(actor, given.number('credits'), given.text('reason'));
      return figureText(change, (after) => actTexts(language).cap({ after }), language);
    },

    async block({ actor, given, language }) {
      const userId = given.id('user', 'user_id');
      if (userId === null || userId === 'unreadable') return actTexts(language).whichUser();
      return blockText(await manage.block(actor, userId, given.text('reason')), person(userId), language);
    },

    async unblock({ actor, given, language }) {
      const userId = given.id('user', 'user_id');
      if (userId === null || userId === 'unreadable') return actTexts(language).whichUser();
      return blockText(await manage.unblock(actor, userId, given.text('reason')), person(userId), language);
    },

    async spend({ actor, language }) {
      const spend = await manage.spend(actor);
      return 'refused' in spend ? actRefusalText(spend, language) : spendHereText(spend, language);
    },

    async log({ actor, given, language }) {
      const before = given.number('before');
      const page = await manage.log(actor, Number.isSafeInteger(before) ? (before ?? undefined) : undefined);
      return 'refused' in page ? actRefusalText(page, language) : logText(page.lines, page.isWhole, language);
    },

    access: async ({ actor, language }) => accessBody(actor, language),
  };

  return async function settings(call: CommandCall): Promise<void> {
    const language = languageOf(call.locale);
    const actor = actorOf(call);
    const given = readSubcommand(call);
    const mayManage = actor.guildId !== null && (isManager(actor) || operatorIds.includes(actor.userId));
    if (!mayManage) return void (await sayPrivately(call, actTexts(language).notManager()));
    // Own properties alone: the name is as it came.
    const verb = given.name !== null && Object.hasOwn(verbs, given.name) ? verbs[given.name] : undefined;
    if (verb === undefined) return void (await sayPrivately(call, answers(language).outdated()));
    await tell(call, async () => {
      const said = await verb({ actor, given, language });
      return typeof said === 'string' ? textBody(said) : said;
    });
  };
}

/** Discord's own page, which its clients open by this address. */
function accessBody({ guildId }: Actor, language: Language): Body {
  const text = inspectionTexts(language);
  const url = `discord://-/guilds/${guildId}/settings/integrations`;
  const button = { type: ComponentType.Button, style: ButtonStyle.Link, label: text.integrationsButton(), url };
  return { ...textBody(text.access()), components: [{ type: ComponentType.ActionRow, components: [button] }] };
}
