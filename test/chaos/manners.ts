import type { Stage } from './stage.ts';

/** What the stand-ins saw and a well-behaved client never does. */
export function judgeManners({ discord, rivya }: Stage): string[] {
  return [...discord.violations.map((what) => `Discord: ${what}`), ...rivya.violations.map((what) => `Rivya: ${what}`)];
}
