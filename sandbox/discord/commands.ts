import { anyCommand, type Command, commandList } from './checks/command.ts';
import { commandProblems, listProblems } from './checks/command-rules.ts';
import { parseForm } from './checks/form.ts';
import { CommandRules } from './command-rules.ts';
import { compact, type JsonObject } from './json.ts';
import { invalidForm, Refused, refusal } from './refusal.ts';
import type { NewId } from './snowflake.ts';
import { Watch } from './watch.ts';

export type Registered = {
  readonly id: string;
  version: string;
  readonly guildId: string | undefined;
  command: Command;
};

const MAX_CREATES_PER_DAY = 200;

/** The commands the application has declared, per scope: all servers, or one. */
export class Commands {
  /** How many bulk writes there were. */
  writes = 0;
  readonly rules: CommandRules;
  readonly #watch = new Watch();
  readonly #applicationId: string;
  readonly #newId: NewId;
  readonly #installTypes: readonly number[];
  readonly #scopes = new Map<string, Registered[]>();
  readonly #creates = new Map<string, number>();

  constructor(applicationId: string, newId: NewId, installTypes: readonly number[]) {
    this.#applicationId = applicationId;
    this.#newId = newId;
    this.rules = new CommandRules(applicationId);
    this.#installTypes = installTypes;
  }

  list(guildId?: string): readonly Registered[] {
    return this.#scopes.get(guildId ?? '') ?? [];
  }

  /** As a member of the guild would find it; the guild's own commands come first. */
  find(name: string, guildId?: string, type = 1): Registered | undefined {
    const visible = [...(guildId === undefined ? [] : this.list(guildId)), ...this.list()];
    return visible.find(({ command }) => command.name === name && command.type === type);
  }

  /** A command, as soon as it is registered. */
  waitFor(name: string, timeoutMs = 20_000): Promise<Registered> {
    return this.#watch.until(() => this.find(name), timeoutMs, `/${name} to be registered`);
  }

  /** The bulk overwrite: same name and type keeps its id; whatever is not in the list is gone. */
  overwrite(body: unknown, guildId?: string): readonly Registered[] {
    const commands = this.#parse(body);
    const before = this.list(guildId);
    const known = (command: Command) => before.find((one) => isSame(one.command, command));
    this.#countCreates(commands.filter((command) => known(command) === undefined).length, guildId ?? '');
    const registered = commands.map((command) => {
      const old = known(command);
      if (old === undefined) return { id: this.#newId(), version: this.#newId(), guildId, command };
      const isChanged = JSON.stringify(old.command) !== JSON.stringify(command);
      return { ...old, command, version: isChanged ? this.#newId() : old.version };
    });
    this.#scopes.set(guildId ?? '', registered);
    this.writes += 1;
    this.#watch.notify();
    return registered;
  }

  #parse(body: unknown): Command[] {
    const commands = parseForm(commandList, body).map((value, index) =>
      atIndex(index, () => parseForm(anyCommand(value), value)),
    );
    const problems = [
      ...listProblems(commands),
      ...commands.flatMap((command, index) => [
        ...commandProblems(command, [index]),
        ...this.#installProblems(command, index),
      ]),
    ];
    if (problems.length > 0) throw invalidForm(problems);
    return commands;
  }

  #installProblems({ integration_types }: Command, index: number) {
    return (integration_types ?? []).every((type) => this.#installTypes.includes(type))
      ? []
      : [
          {
            path: [index, 'integration_types'],
            code: 'APPLICATION_INTEGRATION_TYPE_NOT_ENABLED',
            message: 'The application does not support this way of installing',
          },
        ];
  }

  #countCreates(count: number, scope: string): void {
    const created = (this.#creates.get(scope) ?? 0) + count;
    if (created > MAX_CREATES_PER_DAY) throw refusal('commandCreates');
    this.#creates.set(scope, created);
  }

  /** With what Discord adds, and without what it leaves out: false, empty lists, localizations nobody asked for. */
  json({ id, version, guildId, command }: Registered, withLocalizations: boolean): JsonObject {
    const isGlobal = guildId === undefined;
    const contexts = command.contexts ?? null;
    return compact({
      id,
      application_id: this.#applicationId,
      version,
      default_member_permissions: command.default_member_permissions ?? null,
      type: command.type,
      name: command.name,
      name_localizations: withLocalizations ? sorted(command.name_localizations) : null,
      description: command.description ?? '',
      description_localizations:
        withLocalizations && 'description_localizations' in command ? sorted(command.description_localizations) : null,
      guild_id: guildId,
      dm_permission: isGlobal
        ? contexts === null
          ? (command.dm_permission ?? true)
          : contexts.includes(1)
        : undefined,
      contexts: isGlobal ? contexts : null,
      integration_types: isGlobal ? (command.integration_types ?? [this.#installTypes[0] ?? 0]) : [0],
      options:
        'options' in command && command.options?.length
          ? command.options.map((option) => optionJson(option, withLocalizations))
          : undefined,
      nsfw: command.nsfw ?? false,
    });
  }
}

const isSame = (a: Command, b: Command) => a.name === b.name && a.type === b.type;

/** Discord keys the errors of a list by index. */
function atIndex<T>(index: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(error.status, error.code, 'Invalid Form Body', { errors: { [index]: error.body.errors } });
  }
}

type Localizations = Record<string, string | undefined> | null | undefined;

const sorted = (localizations: Localizations): JsonObject | null =>
  localizations === null || localizations === undefined
    ? null
    : Object.fromEntries(Object.entries(localizations).toSorted(([a], [b]) => (a < b ? -1 : 1)));

type AnyOption = {
  type?: number;
  name: string;
  name_localizations?: Localizations;
  description_localizations?: Localizations;
  required?: boolean | null | undefined;
  autocomplete?: boolean | null | undefined;
  options?: readonly AnyOption[] | null | undefined;
  choices?: readonly AnyOption[] | null | undefined;
};

function optionJson(option: AnyOption, withLocalizations: boolean): JsonObject {
  const { name_localizations, description_localizations, required, autocomplete, options, choices, ...rest } = option;
  const isChoice = option.type === undefined;
  return compact({
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
    name_localizations: withLocalizations ? sorted(name_localizations) : isChoice ? null : undefined,
    description_localizations: withLocalizations && !isChoice ? sorted(description_localizations) : undefined,
    required: required === true ? true : undefined,
    autocomplete: autocomplete === true ? true : undefined,
    options: options?.length ? options.map((one) => optionJson(one, withLocalizations)) : undefined,
    choices: choices?.length ? choices.map((one) => optionJson(one, withLocalizations)) : undefined,
  });
}
