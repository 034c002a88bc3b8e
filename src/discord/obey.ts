import { type REST, Routes } from 'discord.js';
import { z } from 'zod';
import { guildOf } from '#src/domain/rules.ts';
import type { Call } from './calls.ts';
import type { Hands } from './command.ts';
import { isOffered, type ServerRules } from './command-rules.ts';
import { failureOf } from './failures.ts';
import { languageOf } from './languages.ts';
import { refusals } from './texts/refusals.ts';
import { unlessAborted } from './unless-aborted.ts';

type Ports = {
  readonly bot: REST;
  sayPrivately(call: Call, text: string): Promise<unknown>;
};
/** What a component or modal does, and the command whose rules it obeys; without one it is everybody's who sees it. */
type Obedient<C extends Call> = {
  readonly obeys?: string;
  run(call: C, args: readonly string[], hands: Hands): Promise<void>;
};

const Rules = z.array(
  z.object({
    id: z.string(),
    permissions: z.array(z.object({ id: z.string(), type: z.number(), permission: z.boolean() })),
  }),
);
const Commands = z.array(z.object({ id: z.string(), name: z.string() }));

/** Before an answer that is due in 3 s, of which what is pressed needs most. */
const patienceMs = 800;
const freshMs = 60_000;
const mostServers = 1_000;

/**
 * Discord holds its managers' rules over commands, but nobody's over buttons: those are held here to the rules of the
 * command that does the same. Where Discord does not say them, the last that were known count, else it is a no.
 */
export function makeObey({ bot, sayPrivately }: Ports) {
  const known = new Map<string, { readonly rules: ServerRules; readonly until: number }>();
  let ids: { readonly byName: ReadonlyMap<string, string>; readonly until: number } | null = null;

  function obey<C extends Call, One extends Obedient<C>>(list: readonly One[]): readonly One[] {
    return list.map((one) => {
      const { obeys } = one;
      if (obeys === undefined) return one;
      return {
        ...one,
        async run(call: C, args: readonly string[], hands: Hands) {
          const may = await mayUse(call, obeys);
          if (may === true) return one.run(call, args, hands);
          const text = refusals(languageOf(call.locale));
          await sayPrivately(call, may === 'unknown' ? text.rulesUnknown() : text.notOfferedHere());
        },
      };
    });
  }

  async function mayUse(call: Call, name: string): Promise<boolean | 'unknown'> {
    const guildId = guildOf(call.reply);
    if (guildId === null) return true;
    const { applicationId } = call.reply;
    const signal = AbortSignal.timeout(patienceMs);
    try {
      const [rules, byName] = await Promise.all([
        rulesOf(applicationId, guildId, signal),
        idsOf(applicationId, signal),
      ]);
      return isOffered(byName.get(name) ?? null, applicationId, rules, { ...call, guildId });
    } catch {
      return 'unknown';
    }
  }

  async function rulesOf(applicationId: string, guildId: string, signal: AbortSignal): Promise<ServerRules> {
    const before = known.get(guildId);
    if (before !== undefined && before.until > Date.now()) return before.rules;
    try {
      const route = Routes.guildApplicationCommandsPermissions(applicationId, guildId);
      const read = Rules.parse(await unlessAborted(bot.get(route, { signal }), signal));
      const rules = new Map(read.map(({ id, permissions }) => [id, permissions]));
      // Bounded: anybody can add the bot to a server.
      if (known.size >= mostServers) known.clear();
      known.set(guildId, { rules, until: Date.now() + freshMs });
      return rules;
    } catch (error) {
      if (before !== undefined) return before.rules;
      const { status, code } = failureOf(error);
      // Thrown out meanwhile: nobody sets anything for the bot there.
      if ((status === 403 || status === 404) && code !== null) return new Map();
      throw error;
    }
  }

  async function idsOf(applicationId: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    if (ids !== null && ids.until > Date.now()) return ids.byName;
    try {
      const listed = await unlessAborted(bot.get(Routes.applicationCommands(applicationId), { signal }), signal);
      const byName = new Map(Commands.parse(listed).map(({ id, name }) => [name, id]));
      ids = { byName, until: Date.now() + freshMs };
      return byName;
    } catch (error) {
      if (ids !== null) return ids.byName;
      throw error;
    }
  }

  return obey;
}
