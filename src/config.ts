import { z } from 'zod';
import { periods } from '#src/domain/credits.ts';

const text = z.string().trim();
const url = text.refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
  error: 'must be a URL that begins with http:// or https://',
});
const id = z
  .string()
  .trim()
  .regex(/^\d{15,20}$/, { error: 'must be a Discord id (15 to 20 digits)' });
const ids = text.transform((value) => value.split(/[\s,]+/).filter(Boolean)).pipe(z.array(id));
/** Digits only: a coercion would read '' as 0. */
const whole = (least: number) =>
  text
    .regex(/^\d+$/, { error: `must be a whole number of at least ${least}` })
    .transform(Number)
    .pipe(z.number().int().min(least).max(1_000_000_000));
const budget = text.pipe(
  z.union([z.literal('').transform(() => null), whole(0)], {
    error: 'must be a whole number of at least 0, or empty for no cap',
  }),
);
const flag = z.stringbool();
const hosts = text
  .transform((value) =>
    value
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  )
  .pipe(z.array(z.string().refine(isHost, { error: 'must be hosts, as in media.discordapp.net, or host:port' })));

const required = (help: string) =>
  z
    .string({ error: `is missing: ${help}` })
    .trim()
    .min(1, { error: `is empty: ${help}` })
    // Goes into a header: anything else would fail at each call, and look like an outage.
    .regex(/^[!-~]*$/, { error: `has characters that none has: ${help}` });

/** As URLs have it, so that it can be compared: no path, no user, no mark of another script. */
function isHost(value: string): boolean {
  return /^[\w.:[\]-]+$/.test(value) && URL.parse(`https://${value}/`)?.host === value;
}

const database = {
  DATABASE_URL: text
    .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgres:// (leave it out for the embedded server)' })
    .optional(),
  DATA_DIR: text.default('./data'),
};

const Environment = z
  .object({
    ...database,
    DISCORD_TOKEN: required('Discord Developer Portal > your application > Bot > Reset Token'),
    DISCORD_API_URL: url.default('https://discord.com/api'),
    DISCORD_CDN_URL: url.default('https://cdn.discordapp.com'),
    DISCORD_MEDIA_HOSTS: hosts.default([
      'media.discordapp.net',
      'images-ext-1.discordapp.net',
      'images-ext-2.discordapp.net',
    ]),
    RIVYA_API_KEY: required('Rivya > Settings > API keys'),
    RIVYA_API_URL: url.default('https://rivya.ai'),
    QUOTA_CREDITS: whole(0).default(90),
    QUOTA_PERIOD: z.enum(periods, { error: `must be one of ${periods.join(', ')}` }).default('day'),
    BUDGET_CREDITS: budget.default(900),
    BUDGET_CREDITS_PER_GUILD: budget.default(null),
    ALLOWED_GUILD_IDS: ids.default([]),
    ALLOWED_USER_IDS: ids.default([]),
    MAX_ACTIVE_TASKS: whole(1).default(20),
    MAX_ACTIVE_TASKS_PER_USER: whole(1).default(3),
    MAX_WAITING_TASKS_PER_USER: whole(1).default(10),
    OPERATOR_IDS: ids.default([]),
    OPERATOR_GUILD_ID: id.optional(),
    OPERATOR_CHANNEL_ID: id.optional(),
    BLOCKLIST_FILE: text.optional(),
    NSFW_CHANNELS_ONLY: flag.default(false),
    BALANCE_ALARM_CREDITS: whole(0).default(180),
    RETENTION_DAYS: whole(1).pipe(z.number().max(3_650)).default(90),
    ROLE: z.enum(['all', 'gateway', 'worker'], { error: 'must be all, gateway or worker' }).default('all'),
    HTTP_PORT: whole(1).pipe(z.number().max(65_535)).optional(),
    HTTP_HOST: text.default('127.0.0.1'),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    REHEARSAL: flag.default(false),
  })
  .refine(({ ROLE, DATABASE_URL }) => !['gateway', 'worker'].includes(ROLE) || DATABASE_URL !== undefined, {
    path: ['DATABASE_URL'],
    // Also beside other complaints: one message names them all.
    when: ({ value }) => typeof value === 'object' && value !== null && 'ROLE' in value,
    error: 'is missing: a ROLE other than "all" works on a database that several processes share',
  });

export type Config = ReturnType<typeof readConfig>;

/** Reads the environment; grouped by who reads what. Throws one error that names every bad variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>) {
  const parsed = Environment.safeParse(withoutEmpty(environment));
  if (!parsed.success) {
    throw new ConfigError('The bot cannot start', parsed.error.issues, environment.DISCORD_TOKEN ? '' : noTokenYet);
  }
  const env = parsed.data;
  return {
    discord: {
      token: env.DISCORD_TOKEN,
      apiUrl: withoutSlash(env.DISCORD_API_URL),
      cdnUrl: env.DISCORD_CDN_URL,
      mediaHosts: env.DISCORD_MEDIA_HOSTS,
    },
    rivya: { url: withoutSlash(env.RIVYA_API_URL), apiKey: env.RIVYA_API_KEY },
    database: databaseOf(env),
    limits: {
      quota: env.QUOTA_CREDITS,
      period: env.QUOTA_PERIOD,
      budget: env.BUDGET_CREDITS,
      guildBudget: env.BUDGET_CREDITS_PER_GUILD,
      maxWaiting: env.MAX_WAITING_TASKS_PER_USER,
    },
    slots: { whole: env.MAX_ACTIVE_TASKS, perUser: env.MAX_ACTIVE_TASKS_PER_USER },
    access: { guildIds: env.ALLOWED_GUILD_IDS, userIds: env.ALLOWED_USER_IDS },
    operatorIds: env.OPERATOR_IDS,
    operatorGuildId: env.OPERATOR_GUILD_ID ?? null,
    operatorChannelId: env.OPERATOR_CHANNEL_ID ?? null,
    blocklistFile: env.BLOCKLIST_FILE ?? null,
    ageRestrictedOnly: env.NSFW_CHANNELS_ONLY,
    balanceAlarm: env.BALANCE_ALARM_CREDITS,
    retentionDays: env.RETENTION_DAYS,
    role: env.ROLE,
    http: env.HTTP_PORT === undefined ? null : { port: env.HTTP_PORT, host: env.HTTP_HOST },
    logLevel: env.LOG_LEVEL,
    isRehearsal: env.REHEARSAL,
  };
}

/** The part of it that programs beside the bot need: where the data is. */
export function readDatabaseConfig(environment: Readonly<Record<string, string | undefined>>): Config['database'] {
  const parsed = z.object(database).safeParse(withoutEmpty(environment));
  if (!parsed.success) throw new ConfigError('The database cannot be found', parsed.error.issues);
  return databaseOf(parsed.data);
}

function databaseOf({
  DATABASE_URL,
  DATA_DIR,
}: {
  readonly DATABASE_URL?: string | undefined;
  readonly DATA_DIR: string;
}) {
  return { url: DATABASE_URL, dataDir: DATA_DIR };
}

const noTokenYet = '\n\nNo token yet? `npm run sandbox` shows the whole bot on this machine, without any account.';

/** `message` is for the person who starts the bot: every bad variable, by name, with what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(what: string, issues: readonly z.core.$ZodIssue[], hint = '') {
    const lines = issues.map(({ path, message }) => `  ${path.join('.')} ${message}`);
    super(`${what} with this environment:\n${[...new Set(lines)].join('\n')}${hint}`);
  }
}

/** An empty value in `.env` means "as if it were not there", but for the budget, where it means "no cap". */
function withoutEmpty(environment: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => value?.trim() !== '' || name === 'BUDGET_CREDITS'),
  );
}

function withoutSlash(value: string): string {
  return value.replace(/\/+$/, '');
}
