import { setTimeout as sleep } from 'node:timers/promises';
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
};

/** Crash recovery of a busy database takes longest; everything else is under two seconds. */
const patienceMs = 60_000;

/**
 * Starts the bundled PostgreSQL on `dataDir`, or attaches to the one that runs there already. Throws, worded for the
 * operator, where the binaries cannot run, the data belongs to another PostgreSQL, or the server does not come up.
 */
export async function startEmbedded({ dataDir, fsync = true }: EmbeddedOptions): Promise<Embedded> {
  const place = await preparePlace(dataDir);
  const deadline = Date.now() + patienceMs;

  while (Date.now() < deadline) {
    const attachment = await attachIfReady(place);
    if (attachment) return embedded(place, attachment);
    await whileAlone(place.home, () => startUnlessRunning(place, fsync, deadline));
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

async function attachIfReady(place: Place): Promise<Attachment | null> {
  const postmaster = await readPostmaster(place.cluster);
  if (!postmaster?.isReady) return null;
  try {
    return await attach(postmaster.socketFolder);
  } catch (error) {
    // Not up yet, going down, or killed: the next round finds out which.
    if (isConnectionFailure(error)) return null;
    throw error;
  }
}

async function startUnlessRunning(place: Place, fsync: boolean, deadline: number): Promise<void> {
  const postmaster = await readPostmaster(place.cluster);
  if (postmaster && (await isPostmaster(postmaster.pid, place.cluster))) return;
  if (postmaster) await disown(place.cluster, place.sockets);
  await createCluster(place, fsync);
  await launch(place, fsync, deadline);
}
