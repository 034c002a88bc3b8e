import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { deliveries, rungs, statuses } from '#src/domain/task.ts';
import { type Figures, openMetrics, type State } from '#src/http/metrics.ts';
import { closed } from '#src/watching.ts';

const state: State = {
  isReady: true,
  isGatewayConnected: true,
  isDatabaseAway: false,
  isQueueRunning: true,
  isKeyRefused: false,
  providerCredits: 500,
  leastCredits: 180,
};
const figures: Figures = {
  tasks: { accepted: 2, submitting: 0, rendering: 1, uncertain: 0 },
  line: { length: 1, oldestSeconds: 12.5 },
  pending: { length: 0, oldestSeconds: 0 },
  credits: { held: 270, spent: 900 },
};

function begin(now: Partial<State> = {}, readFigures: () => Promise<Figures> = async () => figures) {
  const metrics = openMetrics({ closed, rungs });
  metrics.watch({ state: () => ({ ...state, ...now }), readFigures });
  const lines = async () => (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return { metrics, lines };
}

test('a scrape tells how the process and the whole bot stand', async () => {
  const { lines } = begin();

  expect(await lines()).toEqual(
    expect.arrayContaining([
      'kling_ready 1',
      'kling_gateway_connected 1',
      'kling_provider_credits 500',
      'kling_tasks{status="accepted"} 2',
      'kling_line_oldest_seconds 12.5',
      'kling_credits_held 270',
    ]),
  );
});

test('what has not happened yet is there as 0, so that the first time shows', async () => {
  const { lines } = begin();

  expect(await lines()).toEqual(
    expect.arrayContaining([
      'kling_tasks_closed_total{status="uncertain"} 0',
      'kling_deliveries_total{rung="none"} 0',
      'kling_deliveries_total{rung="dm"} 0',
    ]),
  );
});

test('answers, requests, calls, ends and deliveries are counted by their kinds', async () => {
  const { metrics, lines } = begin();

  metrics.onAnswer('command', 'answered', 120);
  metrics.onRequest('quota');
  metrics.onCall('POST /api/v1/generations', 429, 50);
  metrics.onCall('GET /api/v1/generations', 503, 50);
  metrics.onCall('GET /api/v1/generations', null, 15_000);
  metrics.onClosed('succeeded');
  metrics.onDelivered('reply');
  metrics.onDelivered(null);

  expect(await lines()).toEqual(
    expect.arrayContaining([
      'kling_answer_seconds_bucket{le="0.1",kind="command",outcome="answered"} 0',
      'kling_answer_seconds_bucket{le="0.25",kind="command",outcome="answered"} 1',
      'kling_requests_total{outcome="quota"} 1',
      'kling_provider_call_seconds_count{route="POST /api/v1/generations",status="429"} 1',
      'kling_provider_call_seconds_count{route="GET /api/v1/generations",status="5xx"} 1',
      'kling_provider_call_seconds_count{route="GET /api/v1/generations",status="none"} 1',
      'kling_tasks_closed_total{status="succeeded"} 1',
      'kling_deliveries_total{rung="reply"} 1',
      'kling_deliveries_total{rung="none"} 1',
    ]),
  );
});

const ofDatabase = /^kling_(tasks\{|line_|deliveries_pending|delivery_oldest|credits_)/;

test.each<[string, Partial<State>, () => Promise<Figures>]>([
  ['is away', { isDatabaseAway: true }, async () => figures],
  ['fails', {}, () => Promise.reject(new Error('no'))],
  ['hangs', {}, () => new Promise(() => {})],
])('a database that %s takes its figures from a scrape, and nothing else', async (_, now, readFigures) => {
  const { metrics, lines } = begin(now, readFigures);
  metrics.onDelivered('reply');

  const told = await lines();

  expect(told.filter((line) => ofDatabase.test(line))).toEqual([]);
  expect(told).toEqual(
    expect.arrayContaining(['kling_provider_credits 500', 'kling_deliveries_total{rung="reply"} 1']),
  );
});

test('figures that are no longer known are gone, not 0', async () => {
  const now = { isDatabaseAway: false, providerCredits: 500 as number | null };
  const metrics = openMetrics({ closed, rungs });
  metrics.watch({ state: () => ({ ...state, ...now }), readFigures: async () => figures });
  const before = await metrics.text();

  Object.assign(now, { isDatabaseAway: true, providerCredits: null });
  const after = await metrics.text();

  expect(before).toMatch(/^kling_line_length 1$/m);
  expect(after).not.toMatch(/^kling_(line_length|tasks|provider_credits)[ {]/m);
});

test('however many scrape at once, the database is asked once', async () => {
  let reads = 0;
  const { metrics } = begin({}, async () => {
    reads += 1;
    return figures;
  });

  await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
  await metrics.text();

  expect(reads).toBe(1);
});

test('a process that has not started yet is not ready, and says nothing else of itself', async () => {
  const metrics = openMetrics({ closed, rungs });

  expect(await metrics.text()).toMatch(/^kling_ready 0$/m);
  expect(await metrics.text()).not.toMatch(/^kling_(database_away|queue_running|gateway_connected) /m);
});

const Rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Kling\w+$/),
          expr: z.string(),
          for: z.string().regex(/^\d+m$/),
          labels: z.strictObject({ severity: z.enum(['page', 'warn']) }),
          annotations: z.strictObject({ summary: z.string().min(20), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const Dashboard = z.looseObject({
  title: z.string(),
  panels: z.array(
    z.looseObject({
      id: z.number(),
      title: z.string(),
      targets: z.array(z.looseObject({ refId: z.string(), expr: z.string(), legendFormat: z.string() })).min(1),
    }),
  ),
});

async function readRules() {
  const { groups } = Rules.parse(JSON.parse(await readFile('docs/operations/alerts.yml', 'utf8')));
  return groups.flatMap(({ rules }) => rules);
}

/** Every metric with the labels that it may have. */
async function known(): Promise<Map<string, readonly string[]>> {
  const metrics = openMetrics({ closed, rungs });
  metrics.watchProcess();
  const names = new Map<string, readonly string[]>([['up', ['job']]]);
  for (const { name, type } of await metrics.registry.getMetricsAsJSON()) {
    const { labelNames = [] } = metrics.registry.getSingleMetric(name) as unknown as { labelNames?: string[] };
    const labels = [...labelNames, 'job', 'instance'];
    const series = String(type) === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const part of series) names.set(name + part, part === '_bucket' ? [...labels, 'le'] : labels);
  }
  return names;
}

/** Metrics that an expression asks for, each with the labels it selects by. */
function asked(expr: string): { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expr.matchAll(/\b(up|(?:kling|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', labels = '']) => ({
      name,
      labels: [...labels.matchAll(/(\w+)(?:=~|!=|!~|=)"/g)].map(([, label = '']) => label),
    }),
  );
}

test('every expression of dashboard and alerts asks for metrics and labels that exist', async () => {
  const names = await known();
  const { panels } = Dashboard.parse(JSON.parse(await readFile('docs/operations/dashboard.json', 'utf8')));
  const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const exprs = [...shown, ...(await readRules()).map(({ expr }) => expr)];

  expect(exprs.filter((expr) => asked(expr).length === 0)).toEqual([]);
  const wrong = exprs
    .flatMap(asked)
    .filter(({ name, labels }) => !names.has(name) || labels.some((label) => !names.get(name)?.includes(label)));
  expect(wrong).toEqual([]);
  // Each of ours is shown somewhere.
  const seen = new Set(shown.flatMap(asked).map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
  const ours = [...names.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
  expect(ours.filter((name) => name.startsWith('kling_') && !seen.has(name))).toEqual([]);
});

test('statuses and rungs that alerts select are ones that tasks have', async () => {
  const selected = (await readRules()).flatMap(({ expr }) => [...expr.matchAll(/(?:status|rung)="(\w+)"/g)]);
  const words: readonly string[] = [...statuses, ...rungs, ...deliveries];

  expect(selected.length).toBeGreaterThan(0);
  expect(selected.map(([, word = '']) => word).filter((word) => !words.includes(word))).toEqual([]);
});

test('docs/operations.md says of every alert, and of no other, what to do', async () => {
  const text = await readFile('docs/operations.md', 'utf8');
  const rules = await readRules();

  const told = [...text.matchAll(/^### (Kling\w+)$/gm)].map(([, name]) => name);

  expect(told.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  for (const { alert, annotations } of rules) {
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  }
});
