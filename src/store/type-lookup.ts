import type postgres from 'postgres';

type Settle = (value: unknown) => unknown;
type Query = {
  readonly strings: readonly string[];
  then(this: Query, resolve?: Settle | null, reject?: Settle | null): unknown;
};

const guarded = new WeakSet<Query>();

/**
 * On each new connection the driver looks up array types (postgres 3.4.9, `fetchArrayTypes`), and awaits that where
 * nobody can catch: a connection that is cut just then would end the process. A failed lookup now counts as an empty
 * one; the statement that wanted the connection is rejected all the same. Turning it off (`fetch_types`) is no way:
 * then `reserve` never returns on a new connection, and arrays cannot be parameters.
 */
export function guardTypeLookup(sql: postgres.Sql): void {
  const query: Query = Object.getPrototypeOf(sql``);
  if (guarded.has(query)) return;
  guarded.add(query);

  const { then } = query;
  // biome-ignore lint/suspicious/noThenProperty: it is a promise's own that is wrapped
  query.then = function (resolve, reject) {
    return then.call(this, resolve, isTypeLookup(this) ? () => resolve?.([]) : reject);
  };
}

function isTypeLookup({ strings }: Query): boolean {
  return strings.length === 1 && strings[0]?.includes('select b.oid, b.typarray') === true;
}
