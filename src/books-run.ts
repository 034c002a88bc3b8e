import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Act } from '#src/domain/acts.ts';
import type { AccountBook } from '#src/domain/books.ts';
import { StartFault } from '#src/domain/start-fault.ts';
import { books as openBooks } from '#src/store/books.ts';
import { openDatabase } from '#src/store/database.ts';
import { requireMigrated } from '#src/store/migrate.ts';
import { type Audit, audit } from './books-audit.ts';
import { writeCsv } from './books-csv.ts';
import { accountRepaired, balances, differences, report, taskRepaired, verdict } from './books-report.ts';
import { ConfigError, readDatabaseConfig } from './config.ts';
import { embeddedUrl } from './embedded-url.ts';
import { Lifetime } from './lifetime.ts';
import { describeError } from './log.ts';

const usage = `npm run books [-- --repair] [--csv FOLDER]

Recomputes every account from the ledger, lists what open tasks hold, and compares what was booked for closed tasks
with what the provider charged. Ends with 0 if all of it agrees, with 1 if not, with 2 if the books cannot be read.
The bot may run meanwhile. It reads DATABASE_URL, or the embedded server in DATA_DIR, as the bot does (.env too).

  --repair      writes the entries that it proposes: ledger lines with their reason, never a change of what is written;
                an account that is not the sum of its lines is set to it
  --csv FOLDER  writes accounts.csv, ledger.csv and tasks.csv of the same moment there
  --help        this text`;

type Options = { readonly repair: boolean; readonly csv: string | undefined };

/** Null: the arguments are none of ours. */
function readArguments(): (Options & { readonly help: boolean }) | null {
  try {
    const { values } = parseArgs({
      options: { repair: { type: 'boolean' }, csv: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    return { repair: values.repair ?? false, csv: values.csv, help: values.help ?? false };
  } catch {
    return null;
  }
}

/** True: they balance (again). */
async function run({ repair, csv }: Options, lifetime: Lifetime): Promise<boolean> {
  const config = readDatabaseConfig(process.env);
  // The server is left once nobody asks it anything any more.
  lifetime.stage(25_000);
  const url = config.url ?? (await attach(config.dataDir, lifetime));
  lifetime.stage(6_000);
  const database = openDatabase(url, { max: 2, applicationName: 'kling-books' });
  lifetime.add('database', () => database.close());
  await requireMigrated(database.sql).catch((cause: unknown) => {
    throw cause instanceof StartFault ? cause : new StartFault('The database does not answer as it should.', { cause });
  });

  const books = openBooks({ sql: database.sql });
  const look = (folder?: string) =>
    books.readBooks(async (read) => {
      const found = await audit(read);
      if (folder !== undefined) await writeCsv(folder, read);
      return found;
    });
  const where = config.url === undefined ? config.dataDir : describeUrl(config.url);
  const found = await look(repair ? undefined : csv);
  say(report(where, new Date(), found));
  if (!repair) return close(found, csv, false);

  await putRight(found, books);
  return close(await look(csv), csv, true);
}

function close(found: Audit, csv: string | undefined, wasRepaired: boolean): boolean {
  if (csv !== undefined) say(`accounts.csv, ledger.csv and tasks.csv are in ${csv}`);
  if (wasRepaired && !balances(found)) say(differences(found));
  say(verdict(found, wasRepaired));
  return balances(found);
}

/**
 * Accounts first, so that each difference of theirs is told as what it is; then tasks, whose lines move accounts; then the
 * accounts that had to wait for that. Each is its own transaction, and looked at again in it.
 */
async function putRight({ wrongTasks, wrongAccounts }: Audit, books: ReturnType<typeof openBooks>): Promise<void> {
  const source = `books-${randomUUID()}`;
  const line = (subject: string): Act => ({ source, actor: 'books', action: 'repair', subject, reason: null });
  const setAccounts = async (accounts: readonly AccountBook[]): Promise<AccountBook[]> => {
    const waiting: AccountBook[] = [];
    for (const account of accounts) {
      const { owner, purse } = account;
      const after = await books.repairAccount(line(`${owner} ${purse}`), owner, purse);
      if (after === null) waiting.push(account);
      else say(accountRepaired(account, after));
    }
    return waiting;
  };

  const waiting = await setAccounts(wrongAccounts);
  for (const { task, findings } of wrongTasks) {
    if (findings.every(({ entries }) => entries.length === 0)) continue;
    const entries = await books.repairTask(line(`task:${task.taskId}`), task.taskId);
    if (entries.length > 0) say(taskRepaired(task.taskId, entries));
  }
  await setAccounts(waiting);
}

/** The server that the bot has started, or one for as long as this takes. None is made where there is no data yet. */
async function attach(dataDir: string, lifetime: Lifetime): Promise<string> {
  if (!existsSync(join(dataDir, 'postgres'))) {
    throw new StartFault(`There is no data in ${dataDir} yet. Set DATABASE_URL or DATA_DIR to where the bot keeps it.`);
  }
  return embeddedUrl({ dataDir }, lifetime);
}

/** Without user, password and options. */
function describeUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'DATABASE_URL' : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n\n`);
}

function explainFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const [what, cause] =
    error instanceof StartFault ? [error.message, error.cause] : ['The books could not be read.', error];
  return cause === undefined ? what : `${what}\n${JSON.stringify(describeError(cause), null, 2)}`;
}

async function main(): Promise<number> {
  const options = readArguments();
  if (options === null || options.help) {
    const out = options === null ? process.stderr : process.stdout;
    out.write(`${usage}\n`);
    return options === null ? 2 : 0;
  }
  const lifetime = new Lifetime();
  const stop = () => void lifetime.close(() => {}).then(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return (await run(options, lifetime)) ? 0 : 1;
  } catch (error) {
    if (lifetime.isClosing) return 130;
    process.stderr.write(`${explainFailure(error)}\n`);
    return 2;
  } finally {
    await lifetime.close(() => {});
  }
}

process.exitCode = await main();
