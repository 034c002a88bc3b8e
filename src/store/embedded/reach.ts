import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The user that the server runs as when the bot is root. */
export type RunAs = { readonly uid: number; readonly gid: number };

/** Whether the user can go through every folder on the way and enter (or run) the last. */
export async function canReach(path: string, runAs: RunAs): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const allowed = mode & (uid === runAs.uid ? 0o100 : gid === runAs.gid ? 0o010 : 0o001);
  return allowed !== 0 && (path === dirname(path) || canReach(dirname(path), runAs));
}
