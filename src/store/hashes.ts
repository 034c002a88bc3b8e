import { createHmac } from 'node:crypto';
import type { Sql } from './database.ts';

export type HashesOf = (subjects: readonly string[]) => Promise<readonly string[]>;

/**
 * Keyed hashes of owners and subjects, in their order. The key lies in the database: a token that is reset must not lift a
 * block. So they hide people from whoever sees the rows alone, not from whoever has the database.
 */
export function hashes({ sql }: { readonly sql: Sql }): HashesOf {
  let key: Promise<Uint8Array> | undefined;

  async function readKey(): Promise<Uint8Array> {
    await sql`insert into erasure_key default values on conflict do nothing`;
    const [row] = await sql<{ key: Uint8Array }[]>`select key from erasure_key`;
    if (row === undefined) throw new Error('no key');
    return row.key;
  }

  return async function hashesOf(subjects) {
    key ??= readKey();
    // A failure is not kept: the next one asks again.
    const known = await key.catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return subjects.map((subject) => createHmac('sha256', known).update(subject).digest('hex'));
  };
}
