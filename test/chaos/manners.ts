import type { Stage } from './stage.ts';

type Request = {
  readonly method: string;
  readonly path: string;
  readonly at: number;
  readonly status: number | undefined;
};

/**
 * What the stand-ins saw and a well-behaved client never does. Of two things the killed are excused, as nobody can do
 * better: what an answer forbade may be done once more if the process was taken away before it could store that.
 */
export function judgeManners(stage: Stage): string[] {
  const { discord, rivya } = stage;
  return [
    ...discord.violations.filter((what) => !isExcused(what, discord.requests, stage)).map((what) => `Discord: ${what}`),
    ...rivya.violations.filter((what) => !isExcused(what, rivya.requests, stage)).map((what) => `Rivya: ${what}`),
  ];
}

const forbidding = [/: called again after it answered (?<status>\d+)$/, /: \d+ ms before its Retry-After$/];

/** Whether between the answer that forbade it and each call that came after it anyhow somebody was taken away. */
function isExcused(what: string, requests: readonly Request[], { fleet, server }: Stage): boolean {
  const rule = forbidding.find((one) => one.test(what));
  const [method = '', path = ''] = what.split(/[ :]/);
  if (rule === undefined) return false;
  const status = Number(rule.exec(what)?.groups?.status ?? 429);
  const calls = requests.filter((one) => one.method === method && one.path === path);
  const answered = calls.find((one) => one.status === status);
  const again = calls.findLast(({ at }) => answered !== undefined && at > answered.at);
  if (answered === undefined || again === undefined) return false;
  return [...fleet.gaps, ...server.gaps].some(({ from, to }) => from <= again.at && to >= answered.at);
}
