import { existsSync } from 'node:fs';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { connect } from '#src/store/database.ts';
import { startEmbedded } from '#src/store/embedded.ts';
import { migrate } from '#src/store/migrate.ts';
import { named } from './database-url.ts';
import { sweepKilledRuns, temporaryFolder } from './temporary.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A server's `postgres` database, where databases may be created. */
    adminUrl: string;
    /** The name of a migrated database to clone. */
    template: string;
  }
}

/** One server and one migrated template for all test files; `TEST_DATABASE_URL` names a server to use instead. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer(process.env.TEST_DATABASE_URL);
  const template = `kling_template_${process.pid}`;
  try {
    await onServer(server.adminUrl, `create database ${template} template template0 encoding 'UTF8'`);
    // A checkout without migrations yet still runs the tests that need none.
    if (existsSync('migrations/meta/_journal.json')) await migrate(named(server.adminUrl, template));
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('adminUrl', server.adminUrl);
  project.provide('template', template);

  return async () => {
    await onServer(server.adminUrl, `drop database if exists ${template} with (force)`).finally(server.stop);
  };
}

type Server = { readonly adminUrl: string; stop(): Promise<void> };

async function startServer(given: string | undefined): Promise<Server> {
  if (given) return { adminUrl: await reachable(given), stop: async () => {} };

  await sweepKilledRuns();
  const dataDir = await temporaryFolder();
  const server = await startEmbedded({ dataDir: dataDir.path, fsync: false });
  return {
    adminUrl: named(server.url, 'postgres'),
    stop: async () => {
      await server.stop();
      await dataDir[Symbol.asyncDispose]();
    },
  };
}

async function reachable(url: string): Promise<string> {
  try {
    await onServer(url, 'select 1');
  } catch (cause) {
    throw new Error('TEST_DATABASE_URL cannot be reached', { cause });
  }
  return url;
}

async function onServer(adminUrl: string, statement: string): Promise<void> {
  const sql = postgres(...connect(adminUrl, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} }));
  await sql.unsafe(statement).finally(() => sql.end({ timeout: 5 }));
}
