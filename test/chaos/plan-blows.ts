import type { Chance } from '#test/chance.ts';

export type Role = 'all' | 'gateway' | 'worker';

/** One fault of a stand-in, as its `faults.add` takes it. */
export type Fault = {
  readonly method: string;
  readonly route: string;
  readonly times: number;
  readonly when?: 'before' | 'after';
  readonly status?: number;
  readonly code?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  readonly drop?: boolean;
  readonly cutAfterBytes?: number;
};

/** Something that happens to the bot, its database or what it talks to. */
export type Blow = { readonly at: number } & (
  | { readonly kind: 'kill'; readonly process: number; readonly signal: 'SIGKILL' | 'SIGTERM'; readonly downMs: number }
  | { readonly kind: 'freeze'; readonly process: number; readonly forMs: number }
  | { readonly kind: 'database-crash'; readonly downMs: number }
  | { readonly kind: 'database-freeze'; readonly forMs: number }
  /** An administrator ends every session. */
  | { readonly kind: 'database-cut' }
  | { readonly kind: 'gateway'; readonly how: 'drop' | 'reconnect' | 'resumable' | 'invalid' }
  | { readonly kind: 'provider-off'; readonly forMs: number }
  | { readonly kind: 'discord' | 'cdn' | 'rivya'; readonly fault: Fault }
);

/** A storm without kills or without a crash would be a breeze: each run has some of either, nearly always. */
export function planBlows(chance: Chance, stormMs: number, fleet: readonly Role[]): Blow[] {
  // The first commands find all well.
  const at = () => chance.between(300, stormMs);
  // Whoever is away with the gateway asks for nothing: mostly others are struck.
  const targets = fleet.flatMap((role, index) => (role === 'gateway' ? [index] : [index, index]));
  const process = () => chance.pick(targets);
  const times = (most: number) => Array.from({ length: chance.upTo(most) });

  const blows: Blow[] = [
    ...Array.from({ length: chance.between(1, 4) }, (): Blow => {
      const signal = chance.happens(0.75) ? 'SIGKILL' : 'SIGTERM';
      return { at: at(), kind: 'kill', process: process(), signal, downMs: chance.upTo(1_000) };
    }),
    ...(chance.happens(0.3)
      ? [{ at: at(), kind: 'freeze', process: process(), forMs: chance.between(300, 3_500) } as const]
      : []),
    ...Array.from({ length: chance.pick([0, 0, 1, 1, 1, 2]) }, (): Blow => {
      return { at: at(), kind: 'database-crash', downMs: chance.upTo(1_500) };
    }),
    ...(chance.happens(0.2) ? [{ at: at(), kind: 'database-freeze', forMs: chance.between(300, 2_500) } as const] : []),
    ...(chance.happens(0.2) ? [{ at: at(), kind: 'database-cut' } as const] : []),
    ...(chance.happens(0.3)
      ? [
          {
            at: at(),
            kind: 'gateway',
            how: chance.pick(['drop', 'reconnect', 'resumable', 'invalid'] as const),
          } as const,
        ]
      : []),
    ...(chance.happens(0.15) ? [{ at: at(), kind: 'provider-off', forMs: chance.between(300, 2_000) } as const] : []),
    ...times(6).map((): Blow => ({ at: at(), kind: 'discord', fault: planDiscordFault(chance) })),
    ...times(5).map((): Blow => ({ at: at(), kind: 'rivya', fault: planRivyaFault(chance) })),
    ...times(2).map((): Blow => ({ at: at(), kind: 'cdn', fault: planCdnFault(chance) })),
  ];
  return blows.toSorted((a, b) => a.at - b.at);
}

const discordRoutes = [
  ...Array(5).fill(['POST', '/interactions/:id/:token/callback']),
  ...Array(5).fill(['PATCH', '/webhooks/:application/:token/messages/@original']),
  ...Array(2).fill(['GET', '/webhooks/:application/:token/messages/@original']),
  ['POST', '/webhooks/:application/:token'],
  ...Array(2).fill(['PATCH', '/channels/:channel/messages/:message']),
  ...Array(2).fill(['POST', '/channels/:channel/messages']),
  ['GET', '/channels/:channel/messages'],
  ['POST', '/users/@me/channels'],
  ['GET', '/guilds/:guild/members/:user'],
  ['GET', '/applications/@me'],
  ['GET', '/gateway/bot'],
] as readonly (readonly [string, string])[];

function planDiscordFault(chance: Chance): Fault {
  const [method, route] = chance.pick(discordRoutes);
  const common = { method, route, times: chance.between(1, 3) };
  const when = chance.pick(['before', 'after'] as const);
  return chance.pick<Fault>([
    { ...common, when, drop: true },
    { ...common, when, status: chance.pick([500, 502, 503]) },
    { ...common, when, delayMs: chance.between(100, 2_000) },
    { ...common, when, delayMs: chance.between(100, 2_000), drop: true },
    { ...common, ...rateLimit(chance.between(2, 15) / 10) },
  ]);
}

/** 429 as Discord words it. */
function rateLimit(seconds: number) {
  return {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: seconds, global: false },
    headers: {
      'retry-after': String(Math.ceil(seconds)),
      'x-ratelimit-scope': 'user',
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset-after': String(seconds),
      'x-ratelimit-bucket': 'storm',
    },
  };
}

const create = ['POST', '/api/v1/generations'] as const;
const rivyaRoutes = [
  ...Array(5).fill(create),
  ...Array(3).fill(['GET', '/api/v1/generations/:id']),
  ...Array(3).fill(['GET', '/results/:task/:name']),
  ...Array(2).fill(['POST', '/api/v1/files']),
  ['GET', '/api/v1/credits'],
] as readonly (readonly [string, string])[];

function planRivyaFault(chance: Chance): Fault {
  const [method, route] = chance.pick(rivyaRoutes);
  const common = { method, route, times: chance.between(1, 3) };
  const when = chance.pick(['before', 'after'] as const);
  const isRefusing = chance.happens(0.1);
  if (route === create[1] && isRefusing) {
    return { ...common, times: 1, code: chance.pick(['validation_failed', 'insufficient_credits']) };
  }
  return chance.pick<Fault>([
    { ...common, when, drop: true },
    { ...common, when, status: chance.pick([500, 502, 503]) },
    { ...common, when, delayMs: chance.between(100, 2_000) },
    { ...common, when, delayMs: chance.between(100, 2_000), drop: true },
    { ...common, when, status: 200, body: '<html><body>hello</body></html>' },
    { ...common, code: 'rate_limited', ...(chance.happens(0.5) ? { headers: { 'retry-after': '1' } } : {}) },
    { ...common, code: 'public_api_disabled' },
    { ...common, when, code: route === create[1] ? 'idempotency_conflict' : 'not_found' },
  ]);
}

function planCdnFault(chance: Chance): Fault {
  const common = { method: 'GET', route: '/ephemeral-attachments/:application/:id/:name', times: chance.between(1, 3) };
  return chance.pick<Fault>([
    { ...common, drop: true },
    { ...common, status: 500 },
    { ...common, delayMs: chance.between(100, 1_500) },
    { ...common, cutAfterBytes: 40 },
    { ...common, times: 1, status: 404 },
  ]);
}
