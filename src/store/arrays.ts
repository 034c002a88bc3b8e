import type postgres from 'postgres';

/**
 * Arrays as parameters, of whatever type. The driver would look array types up on each new connection, and if that
 * connection dies just then it rejects a promise that nobody holds, which ends the process (postgres 3.4.9, `fetchArrayTypes`).
 * So the lookup is off (`fetch_types`), and this stands in. Not for `sql.array`.
 */
export function writeArrays(sql: postgres.Sql): void {
  const write = (value: unknown) => (Array.isArray(value) ? writeArray(value) : String(value));
  sql.options.serializers = new Proxy(sql.options.serializers, {
    has: () => true,
    get: (known, type) => Reflect.get(known, type) ?? write,
  });
}

// Object ids from PostgreSQL's pg_type.dat: text[], varchar[], uuid[]; int2[], int4[], int8[].
export const texts: postgres.PostgresType = {
  to: 1009,
  from: [1009, 1015, 2951],
  serialize: writeArray,
  parse: readArray,
};

export const numbers: postgres.PostgresType = {
  to: 1007,
  from: [1005, 1007, 1016],
  serialize: writeArray,
  parse: (text: string) => readArray(text).map((element) => (element === null ? null : Number(element))),
};

export function writeArray(values: readonly unknown[]): string {
  return `{${values.map(writeElement).join(',')}}`;
}

function writeElement(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return writeArray(value);
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : `${value}`;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** Of one dimension, as PostgreSQL prints it. */
export function readArray(text: string): (string | null)[] {
  const elements = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs);
  return Array.from(elements, ([, quoted, bare = null]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, '$1');
    return bare === 'NULL' ? null : bare;
  });
}
