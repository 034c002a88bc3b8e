import { wasKilled } from './fleet.ts';
import type { Stage } from './stage.ts';

type Request = {
  readonly method: string;
  readonly path: string;
  readonly at: number;
  readonly status: number | undefined;
};

/**
 * What the stand-ins saw and a well-behaved client never does. Who never heard an answer is excused for doing what it
 * forbade, since nobody can do better: a process that was taken away before it could store it, two processes that hold
 * one job after one of them or the database stood still, and an upload that was broken off because its film breaks off.
 */
export function judgeManners(stage: Stage): string[] {
  const { discord, rivya } = stage;
  return [
    ...discord.violations.flatMap((what) => judgeOne(`Discord: ${what}`, callsOf(what, discord.requests), stage)),
    ...rivya.violations.flatMap((what) => judgeOne(`Rivya: ${what}`, callsOf(what, rivya.requests), stage)),
  ];
}

const forbidding = [/: called again after it answered (?<status>\d+)$/, /: \d+ ms before its Retry-After$/];

/** The calls that a violation is about; it begins with a method and a path. A dead token is dead for all its routes. */
function callsOf(what: string, requests: readonly Request[]): Request[] {
  const [method = '', path = ''] = what.split(/[ :]/);
  const token = /^\/webhooks\/[^/]+\/[^/]+/.exec(path)?.[0];
  if (token !== undefined) return requests.filter((one) => one.path.startsWith(token));
  return requests.filter((one) => one.method === method && one.path === path);
}

function judgeOne(what: string, calls: readonly Request[], stage: Stage): string[] {
  const { fleet, server } = stage;
  const rule = forbidding.find((one) => one.test(what));
  if (rule === undefined) return [what];
  const status = Number(rule.exec(what)?.groups?.status ?? 429);
  const answered = calls.find((one) => one.status === status);
  const again = calls.findLast(({ at }) => answered !== undefined && at > answered.at);
  const isExcused =
    answered !== undefined &&
    again !== undefined &&
    (wasAnyoneAway(stage, answered.at, again.at) ||
      wasHandedOver(stage, answered.at, again.at) ||
      isOfCutFilm(what, stage) ||
      wasFilmSpoilt(stage, answered.at, again.at));
  const seen = calls.map((one) => `${time(one.at)} ${one.method} ${one.status}`).join(', ');
  const lost = [...fleet.gaps, ...server.gaps].map(({ from, to }) => `${time(from)} to ${time(to)}`).join(', ');
  return isExcused ? [] : [`${what} (${seen}; somebody away ${lost || 'never'})`];
}

/** Between the two somebody was killed, or stood still, or could not reach the database. */
function wasAnyoneAway({ fleet, server }: Stage, since: number, until: number): boolean {
  const isOverlapping = ({ from, to }: { from: number; to: number }) => from <= until && to >= since;
  return (
    fleet.gaps.some((gap) => wasKilled(gap, since, until) || (gap.how === 'freeze' && isOverlapping(gap))) ||
    server.gaps.some(isOverlapping)
  );
}

/** A job whose holder stood still goes to another after this, while the first goes on with what it had begun. */
const handOverMs = 20_000;
/** From reading a row to having stored the answer to what it led to. */
const storingMs = 2_000;

/** Both had read the row before the first could store its answer. */
function wasHandedOver({ fleet, server }: Stage, first: number, second: number): boolean {
  const stills = [...fleet.gaps.filter(({ how }) => how === 'freeze'), ...server.gaps];
  return second - first < storingMs && stills.some(({ from, to }) => from <= first && first <= to + handOverMs);
}

/** By the end of the interaction's token, or by the reply's id. */
function isOfCutFilm(what: string, { typed }: Stage): boolean {
  const cut = typed.filter(({ command }) => command.render.film === 'cut');
  return cut.some(({ handle: { token, states } }) => {
    const reply = states[0]?.message.id;
    return what.includes(`…${token.slice(-6)}/`) || (reply !== undefined && what.includes(`/messages/${reply}:`));
  });
}

/** What came in a film's place is no film: the upload was broken off while it was being answered, and begun once more. */
function wasFilmSpoilt({ plan }: Stage, first: number, second: number): boolean {
  const isSpoilt = plan.blows.some(
    (blow) => blow.kind === 'rivya' && blow.fault.route?.startsWith('/results/') === true,
  );
  return isSpoilt && second - first < storingMs;
}

const time = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(14, 23) : 'the end');
