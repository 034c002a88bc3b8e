import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#src/domain/log.ts';
import { StartFault } from '#src/domain/start-fault.ts';
import { type Attachment, attach } from './embedded/attachment.ts';
import { createCluster, launch } from './embedded/cluster.ts';
import { type Place, preparePlace } from './embedded/place.ts';
import { disown, isPostmaster, readPostmaster, stopPostmaster } from './embedded/postmaster.ts';
import { whileAlone } from './embedded/turn.ts';
import { isConnectionFailure } from './pulse.ts';

export type Embedded = {
  /** For `openDatabase` and `migrate`; a unix socket, in libpq's form. */
  readonly url: string;
  /** Leaves; stops the server if no other process is attached. Close every database of this process before. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  readonly dataDir: string;
  /** Off only for data that may be lost, as in tests. */
  readonly fsync?: boolean;
  readonly log?: Log;
};

/** Crash recovery of a busy database takes longest; everything else is under two seconds. */
const patienceMs = 60_000;

/**
 * Starts the bundled PostgreSQL on `dataDir`, or attaches to the one that runs there already. A server that dies later
 * is started again by one of the processes attached to it. Throws, worded for the operator, where the binaries cannot
 * run, the data belongs to another PostgreSQL, or the server does not come up.
 */
export async function startEmbedded({ dataDir, fsync = true, log }: EmbeddedOptions): Promise<Embedded> {
  const place = await preparePlace(dataDir);
  const deadline = Date.now() + patienceMs;

  while (Date.now() < deadline) {
    const attachment = await attachIfReady(place, fsync, log);
    if (attachment) return embedded(place, attachment);
    await whileAlone(place.home, async () => {
      if (await isRunning(place)) return;
      await createCluster(place, fsync);
      await launchAgain(place, fsync, deadline);
    });
    await sleep(20);
  }
  throw new StartFault(
    `The embedded PostgreSQL in ${place.home} did not answer for ${patienceMs / 1000} s; its log is ${place.log}`,
  );
}

function embedded(place: Place, attachment: Attachment): Embedded {
  let stopping: Promise<void> | undefined;

  async function leave(): Promise<void> {
    const last = await attachment.leave();
    if (last) await stopPostmaster(place.cluster);
    await attachment.close();
  }

  return {
    url: attachment.url,
    stop: () => {
      stopping ??= leave();
      return stopping;
    },
  };
}

async function attachIfReady(place: Place, fsync: boolean, log?: Log): Promise<Attachment | null> {
  const postmaster = await readPostmaster(place.cluster);
  if (!postmaster?.isReady) return null;
  const { socketFolder } = postmaster;
  try {
    return await attach(socketFolder, makeRevive({ ...place, sockets: socketFolder }, fsync, log));
  } catch (error) {
    // Not up yet, going down, or killed: the next round finds out which.
    if (isConnectionFailure(error)) return null;
    throw error;
  }
}

/**
 * Starts a server that died again, at the socket that its clients know. Data that is gone is not made anew: an empty
 * database in the place of a community's would pass for a whole one. An outage is one line, and its end another.
 */
function makeRevive(place: Place, fsync: boolean, log?: Log): () => Promise<void> {
  let told: 'gone' | 'stuck' | undefined;

  async function revive(): Promise<void> {
    if (await isRunning(place)) return;
    if (told === undefined) log?.warn({}, 'the embedded PostgreSQL is gone: starting it again');
    told ??= 'gone';
    await launchAgain(place, fsync, Date.now() + patienceMs);
  }

  return async () => {
    try {
      await whileAlone(place.home, revive);
      if (told === undefined || !(await isRunning(place))) return;
      log?.info({}, 'the embedded PostgreSQL runs again');
      told = undefined;
    } catch (error) {
      if (told !== 'stuck') {
        log?.error({ err: error, log: place.log }, 'the embedded PostgreSQL does not start; trying on');
      }
      told = 'stuck';
    }
  };
}

async function isRunning(place: Place): Promise<boolean> {
  const postmaster = await readPostmaster(place.cluster);
  return postmaster !== null && isPostmaster(postmaster.pid, place.cluster);
}

/** Only while alone. A pid file that a killed server left is made to be seen as such. */
async function launchAgain(place: Place, fsync: boolean, deadline: number): Promise<void> {
  if ((await readPostmaster(place.cluster)) !== null) await disown(place.cluster, place.sockets);
  await launch(place, fsync, deadline);
}
