import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { makeRecent } from './recent.ts';

/** What only the database knows, of the whole bot: every process tells the same. */
export type Figures = {
  /** Tasks that are not over, by status. */
  readonly tasks: Readonly<Record<string, number>>;
  readonly line: { readonly length: number; readonly oldestSeconds: number };
  readonly pending: { readonly length: number; readonly oldestSeconds: number };
  readonly credits: { readonly held: number; readonly spent: number };
};
/** How this process stands now. Null: not of its role, or not known. */
export type State = {
  readonly isReady: boolean;
  readonly isGatewayConnected: boolean | null;
  readonly isDatabaseAway: boolean;
  readonly isQueueRunning: boolean;
  readonly isKeyRefused: boolean;
  readonly providerCredits: number | null;
  readonly leastCredits: number;
};
/** What can happen to a task, each with all that it can be: a series that begins at 0 shows its first event too. */
export type Kinds = { readonly closed: readonly string[]; readonly rungs: readonly string[] };
export type Metrics = ReturnType<typeof openMetrics>;

/** Discord's 3 s in steps that show how much of them is left. */
const answerSeconds = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.6, 3, 5];
const callSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 45];

/**
 * Counts for Prometheus. Labels are words of ours, never ids, names or texts, so that nobody can be told from them and
 * their number is bounded. Counting touches neither database nor disk; what has to be looked up is looked up by a scrape.
 */
export function openMetrics({ closed, rungs }: Kinds) {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const answer = new Histogram({
    name: 'kling_answer_seconds',
    help: 'From an interaction to what Discord says of its answer',
    labelNames: ['kind', 'outcome'],
    buckets: answerSeconds,
    registers,
  });
  const requests = new Counter({
    name: 'kling_requests_total',
    help: 'Videos asked for: accepted, or why not',
    labelNames: ['outcome'],
    registers,
  });
  const calls = new Histogram({
    name: 'kling_provider_call_seconds',
    help: 'Calls to the provider by route and class of status; none: no answer',
    labelNames: ['route', 'status'],
    buckets: callSeconds,
    registers,
  });
  const closedTasks = new Counter({
    name: 'kling_tasks_closed_total',
    help: 'Tasks that ended, or became uncertain',
    labelNames: ['status'],
    registers,
  });
  const deliveries = new Counter({
    name: 'kling_deliveries_total',
    help: 'Outcomes shown, by the rung that took them; none: undeliverable',
    labelNames: ['rung'],
    registers,
  });
  const tasks = new Gauge({
    name: 'kling_tasks',
    help: 'Tasks that are not over, by status; of the whole bot',
    labelNames: ['status'],
    registers,
  });
  const known = {
    lineLength: gauge('kling_line_length', 'Tasks waiting for a slot; of the whole bot'),
    lineOldest: gauge('kling_line_oldest_seconds', 'How long the oldest of them has waited'),
    pending: gauge('kling_deliveries_pending', 'Outcomes not shown yet; of the whole bot'),
    pendingOldest: gauge('kling_delivery_oldest_seconds', 'How long the oldest of them has waited'),
    held: gauge('kling_credits_held', 'Credits set aside for open tasks; of the whole bot'),
    spent: gauge('kling_credits_spent', 'Credits spent since the beginning; of the whole bot'),
  };
  const ready = gauge('kling_ready', 'Whether /readyz says so');
  const gateway = gauge('kling_gateway_connected', 'Whether the gateway is connected; only where there is one');
  const away = gauge('kling_database_away', 'Whether the database is away');
  const queue = gauge('kling_queue_running', 'Whether the queue has had word from the database of late');
  const keyRefused = gauge('kling_provider_key_refused', 'Whether the provider refused the key when it last saw it');
  const balance = gauge('kling_provider_credits', 'Credits of the provider account, as last known');
  const least = gauge('kling_provider_credits_least', 'BALANCE_ALARM_CREDITS: fewer are too few');
  for (const status of closed) closedTasks.inc({ status }, 0);
  for (const rung of [...rungs, 'none']) deliveries.inc({ rung }, 0);
  for (const outcome of ['accepted', 'again']) requests.inc({ outcome }, 0);

  let state: () => State | null = () => null;
  let recent: () => Promise<Figures | null> = async () => null;

  function show(figures: Figures | null): void {
    tasks.reset();
    // What is not known is not there: a 0 would be a lie that alerts believe.
    for (const one of Object.values(known)) one.remove();
    if (figures === null) return;
    for (const [status, count] of Object.entries(figures.tasks)) tasks.set({ status }, count);
    known.lineLength.set(figures.line.length);
    known.lineOldest.set(figures.line.oldestSeconds);
    known.pending.set(figures.pending.length);
    known.pendingOldest.set(figures.pending.oldestSeconds);
    known.held.set(figures.credits.held);
    known.spent.set(figures.credits.spent);
  }

  function showState(now: State | null): void {
    set(ready, now?.isReady ?? false);
    set(gateway, now?.isGatewayConnected);
    set(away, now?.isDatabaseAway);
    set(queue, now?.isQueueRunning);
    set(keyRefused, now?.isKeyRefused);
    set(balance, now?.providerCredits);
    set(least, now?.leastCredits);
  }

  return {
    registry,
    contentType: registry.contentType,
    onAnswer(kind: string, outcome: string, ms: number): void {
      answer.observe({ kind, outcome }, ms / 1_000);
    },
    onRequest(outcome: string): void {
      requests.inc({ outcome });
    },
    onCall(route: string, status: number | null, ms: number): void {
      calls.observe({ route, status: classOf(status) }, ms / 1_000);
    },
    onClosed(status: string): void {
      closedTasks.inc({ status });
    },
    onDelivered(rung: string | null): void {
      deliveries.inc({ rung: rung ?? 'none' });
    },
    /** From now on a scrape looks there. */
    watch(ports: { state(): State; readFigures(): Promise<Figures> }): void {
      state = ports.state;
      recent = makeRecent(ports.readFigures);
    },
    /** Memory, processor, event loop: for a process that is scraped. */
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    async text(): Promise<string> {
      const now = state();
      showState(now);
      show(now === null || now.isDatabaseAway ? null : await recent());
      return registry.metrics();
    },
  };
}

function set(gauge: Gauge, value: number | boolean | null | undefined): void {
  if (value === null || value === undefined) gauge.remove();
  else gauge.set(Number(value));
}

/** "Too many requests" asks something else of everybody than other refusals do. */
function classOf(status: number | null): string {
  if (status === null) return 'none';
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`;
}
