import { type Chance, chanceOf } from '#test/chance.ts';
import { type Blow, planBlows, type Role } from './plan-blows.ts';
import { type Command, type Member, planCommands, planMembers } from './plan-commands.ts';

/** Everything that a run does to the bot, from its seed alone. Times are milliseconds from the storm's begin. */
export type Plan = {
  readonly seed: number;
  readonly stormMs: number;
  /** The processes that are to run: `all` twice is a rolling deploy, with both on one token. */
  readonly fleet: readonly Role[];
  readonly limits: Limits;
  readonly members: readonly Member[];
  readonly commands: readonly Command[];
  readonly blows: readonly Blow[];
};

export type Limits = {
  readonly quota: number;
  /** Null: no cap. */
  readonly budget: number | null;
  /** Of one server. Null: no cap. */
  readonly guildBudget: number | null;
  readonly active: number;
  readonly activePerUser: number;
  readonly waitingPerUser: number;
  /** Only members of the server have an allowance; else everybody. */
  readonly isClosed: boolean;
};

export function makePlan(seed: number): Plan {
  const chance = chanceOf(seed);
  const stormMs = chance.between(3_000, 6_000);
  const fleet: readonly Role[] = chance.happens(0.7) ? ['gateway', 'worker', 'worker'] : ['all', 'all'];
  const members = planMembers(chance);
  return {
    seed,
    stormMs,
    fleet,
    limits: planLimits(chance),
    members,
    commands: planCommands(chance, stormMs, members),
    blows: planBlows(chance, stormMs, fleet),
  };
}

const price = 90;

/** Mostly wide enough; at times so narrow that members run into them. */
function planLimits(chance: Chance): Limits {
  const videos = (likely: number, tight: number) => price * (chance.happens(0.7) ? likely : tight);
  return {
    quota: videos(10, chance.between(1, 3)) + chance.upTo(price - 1),
    budget: chance.happens(0.5) ? null : videos(20, chance.between(3, 8)),
    guildBudget: chance.happens(0.7) ? null : price * chance.between(2, 8),
    active: chance.between(3, 8),
    activePerUser: chance.between(2, 4),
    waitingPerUser: chance.happens(0.8) ? 10 : chance.between(1, 3),
    isClosed: chance.happens(0.3),
  };
}

/** The seed of a run. The first is the given one, so that `--runs 1` repeats any single run. */
export function seedOf(seed: number, index: number): number {
  if (index === 0) return seed;
  // Far apart in one stream: neighbouring seeds share no runs.
  return Math.floor(chanceOf(seed ^ Math.imul(index, 0x9e3779b1)).next() * 2 ** 32);
}
