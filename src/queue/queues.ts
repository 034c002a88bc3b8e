import { PgBoss } from 'pg-boss';
import type { Sql, TransactionSql } from 'postgres';
import type { Log } from '#src/domain/log.ts';
import type { Job } from '#src/domain/task.ts';
import { bossDatabase, inTransaction } from './adapter.ts';
import { makeComplain } from './complaints.ts';
import { hearing } from './hearing.ts';
import { Interruptible } from './interruptible.ts';

export type Verbs = { readonly [Q in Job['queue']]: (taskId: string) => Promise<void> };
export type Queues = {
  /** Enqueues jobs inside the given transaction. A job that is live already is not made twice. */
  enqueue(tx: TransactionSql, jobs: readonly Job[]): Promise<void>;
  /** `handBack` makes an interrupted task due at once, for whichever process is there. */
  startWorkers(verbs: Verbs, handBack: (taskId: string) => Promise<void>): Promise<void>;
  /** Whether the queue has had an answer from its database of late, as it has every few seconds when all is well. */
  isRunning(): boolean;
  /** Takes no more jobs, and gives those back that do not end this soon. */
  stop(graceMs: number): Promise<void>;
};

/** How many jobs a process works on at once: pollers × batch. Bounded by uploads and by provider connections. */
const workers = { submit: { pollers: 4, batch: 4 }, deliver: { pollers: 8, batch: 3 } } as const;
const deadLetter = 'given-up';

/** Starts pg-boss on connections of its own. It wakes; what happens is decided by the row (design: work across processes). */
export async function startQueues(sql: Sql, log: Log): Promise<Queues> {
  const { database, hasHeard } = hearing(bossDatabase(sql));
  const boss = new PgBoss({
    db: database,
    useListenNotify: true,
    // The default of a minute would leave a dead worker's jobs unseen for as long.
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    schedule: false,
  });
  const complain = makeComplain(log);
  boss.on('error', (error) => complain(error, 'queue'));
  boss.on('warning', ({ message }) => log.warn({ warning: message }, 'queue'));
  await boss.start();
  await openQueues(boss);
  const jobs = new Interruptible();
  let isStopped = false;

  return {
    async enqueue(tx, list) {
      for (const [queue, same] of Map.groupBy(list, (job) => job.queue)) {
        const inserts = same.map(({ taskId }) => ({ data: { taskId }, singletonKey: taskId }));
        await boss.insert(queue, inserts, { db: inTransaction(tx), returnId: false });
      }
    },
    async startWorkers(verbs, handBack) {
      const run = (verb: Verbs['submit']) => async (taskId: string) => {
        if (!(await jobs.run(verb(taskId)))) await handBack(taskId);
      };
      await work(boss, 'submit', run(verbs.submit), log);
      await work(boss, 'deliver', run(verbs.deliver), log);
      await boss.work<{ taskId: string }>(deadLetter, { pollingIntervalSeconds: 30 }, async (jobs) => {
        for (const { data } of jobs)
          log.error({ task: data.taskId }, 'a job failed at every try: the sweep goes on with it');
      });
    },
    isRunning: () => !isStopped && hasHeard(),
    async stop(graceMs) {
      isStopped = true;
      const grace = setTimeout(() => jobs.interrupt(), graceMs);
      // What cannot even be given back comes back by its heartbeat.
      await boss.stop({ graceful: true, timeout: graceMs + 1_000, close: false });
      clearTimeout(grace);
    },
  };
}

async function openQueues(boss: PgBoss): Promise<void> {
  await boss.createQueue(deadLetter, { retentionSeconds: 86_400, deleteAfterSeconds: 60 });
  const options = {
    // Unique among live jobs only; a deterministic job id would block its successor as long as it is kept.
    policy: 'exclusive',
    partition: true,
    notify: true,
    deadLetter,
    retryLimit: 5,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 30,
    // The least that pg-boss takes: a killed worker's jobs come back after this.
    heartbeatSeconds: 10,
    expireInSeconds: 900,
    deleteAfterSeconds: 60,
  };
  for (const queue of ['submit', 'deliver'] as const) await boss.createQueue(queue, options);
}

async function work(
  boss: PgBoss,
  queue: Job['queue'],
  verb: (taskId: string) => Promise<void>,
  log: Log,
): Promise<void> {
  const { pollers, batch } = workers[queue];
  const options = {
    localConcurrency: pollers,
    batchSize: batch,
    burstWhenBatchFull: true,
    perJobResults: true,
    pollingIntervalSeconds: 1,
    notifyPollingIntervalSeconds: 5,
  } as const;
  await boss.work<{ taskId: string }, void, typeof options>(queue, options, (jobs) => {
    let running = jobs.length;
    return Promise.all(
      jobs.map(async (job) => {
        const { id, data } = job;
        try {
          await verb(data.taskId);
          running -= 1;
          // Left live until the slowest of its batch ends, it would keep the task's next job from being made.
          if (running > 0) await boss.complete(queue, job);
          return { id, status: 'completed' as const };
        } catch (error) {
          log.error({ err: error, task: data.taskId, queue }, 'job failed');
          return { id, status: 'failed' as const };
        }
      }),
    );
  });
}
