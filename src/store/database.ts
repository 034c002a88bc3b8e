import postgres from 'postgres';
import { Pulse } from './pulse.ts';
import { guardTypeLookup } from './type-lookup.ts';

export type Sql = postgres.Sql;
export type Tx = postgres.TransactionSql;

/** A pool of connections. `isAway` costs nothing: ask it before work that somebody is waiting for. */
export type Database = AsyncDisposable & {
  readonly sql: Sql;
  /**
   * Two connections for what somebody is waiting for: never behind other work, and warm, since few are used often
   * (ten in turn take a quarter longer for an acceptance).
   */
  readonly front: Sql;
  /** True while there is no connection, or since a statement failed for connection reasons and none has worked. */
  isAway(): boolean;
  /** Tell that a statement failed or is slow: it is looked into at once. Errors that are not about the connection are ignored. */
  suspect(error?: unknown): void;
  /** Gives work's outcome on; if it fails or is slow, that is told. For work that somebody is waiting for. */
  watch<T>(work: Promise<T>): Promise<T>;
  /** Lets running statements end for up to 5 s, then cuts them off. */
  close(): Promise<void>;
};

export type DatabaseOptions = {
  readonly max?: number;
  /** `plain` leaves result columns as they are named in SQL; `camel` (default) turns `provider_id` into `providerId`. */
  readonly columns?: 'camel' | 'plain';
  readonly applicationName?: string;
  readonly onNotice?: (message: string) => void;
  /** Told when the database goes away, and when it is back. */
  readonly onTurn?: (isAway: boolean) => void;
};

/** A frozen server fails no statement, so slowness is what shows it. */
const slowMs = 1_000;

/** Opens nothing yet: the first statement connects. Sessions are in UTC, because periods begin at 00:00 UTC in SQL too. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pulse = new Pulse(() => probe(url), options.onTurn);
  const lost = () => pulse.suspect();
  const sql = postgres(...connect(url, settings(options, lost)));
  const front = postgres(...connect(url, settings({ ...options, max: 2 }, lost)));
  guardTypeLookup(sql);

  async function watch<T>(work: Promise<T>): Promise<T> {
    const slow = setTimeout(lost, slowMs);
    try {
      return await work;
    } catch (error) {
      pulse.suspect(error);
      throw error;
    } finally {
      clearTimeout(slow);
    }
  }

  async function close(): Promise<void> {
    const isAway = pulse.isAway();
    pulse.stop();
    // The driver would wait for statements on lost connections too.
    const timeout = isAway ? 0 : 5;
    await Promise.all([sql.end({ timeout }), front.end({ timeout })]);
  }

  return {
    sql,
    front,
    isAway: () => pulse.isAway(),
    suspect: (error) => pulse.suspect(error),
    watch,
    close,
    [Symbol.asyncDispose]: close,
  };
}

export type ConnectionOptions = postgres.Options<Record<string, postgres.PostgresType>>;

/**
 * Understands libpq's form for a unix socket, `postgres://user@localhost:5432/name?host=/folder`:
 * postgres.js would send `host` to the server as a setting and dial TCP.
 */
export function connect(url: string, options: ConnectionOptions): [string, ConnectionOptions] {
  if (!/[?&]host=(\/|%2f)/i.test(url)) return [url, options];
  const parsed = new URL(url);
  const folder = parsed.searchParams.get('host') ?? '';
  parsed.searchParams.delete('host');
  return [parsed.href, { ...options, path: `${folder}/.s.PGSQL.${parsed.port || '5432'}` }];
}

function settings(options: DatabaseOptions, onclose: () => void): ConnectionOptions {
  const { max = 10, columns = 'camel', applicationName = 'kling', onNotice = () => {} } = options;
  return {
    max,
    prepare: true,
    connect_timeout: 5,
    idle_timeout: 300,
    // The library's default grows to 20 s, and statements wait it out without a time limit of their own.
    backoff: (attempt) => Math.min(0.05 * 2 ** attempt, 0.5),
    // A machine that vanishes inside a transaction must not keep its row locks for the two hours of TCP.
    connection: {
      application_name: applicationName,
      TimeZone: 'UTC',
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
    },
    // Not `postgres.camel`: that one renames the keys inside jsonb values too (`aspect_ratio` is the provider's word).
    ...(columns === 'camel' ? { transform: { column: { from: postgres.toCamel } } } : {}),
    types: { integer: safeInteger, jsonText },
    onnotice: (notice) => onNotice(notice.message ?? ''),
    onclose,
  };
}

const safeInteger: postgres.PostgresType = {
  to: 20,
  from: [20],
  serialize: String,
  parse: (text: string) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError('A bigint is too large for a number');
    return value;
  },
};

// Strings are JSON already: pg-boss sends its own text through our transactions, and the default would encode it twice.
const jsonText: postgres.PostgresType = {
  to: 114,
  from: [114, 3802],
  serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  parse: (text: string): unknown => JSON.parse(text),
};

/** On a connection of its own: a full or hanging pool says nothing about the server. */
async function probe(url: string): Promise<void> {
  const sql = postgres(...connect(url, { max: 1, connect_timeout: 2, fetch_types: false, onnotice: () => {} }));
  const hanging = setTimeout(() => sql.end({ timeout: 0 }), 2_000);
  try {
    await sql`select 1`;
  } finally {
    clearTimeout(hanging);
    await sql.end({ timeout: 0 });
  }
}
