const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** All limits over time, in milliseconds, judged on row timestamps against the database's clock. */
export const limits = {
  /** An unanswered task is looked up at Discord after this. */
  unansweredMs: 10 * second,
  /** Sends repeat for this long from the first. */
  sendsMs: 30 * minute,
  /** After an outage one more send, if the first was under this ago; also: no send later than this after its slot. */
  lastSendMs: day,
  /** A render is given up as uncertain after this, on a fresh answer only. */
  renderMs: 6 * hour,
  /** Uncertain tasks are looked at this often … */
  uncertainEveryMs: hour,
  /** … and this long. */
  uncertainMs: 7 * day,
  /** `succeeded` without a URL is looked at for this long. */
  missingUrlMs: 10 * minute,
  /** A video that cannot be fetched is retried for this long, then its link is shown. */
  fetchMs: 10 * minute,
  /** Posting is retried for this long on faults that pass, then the video is undeliverable. */
  deliverMs: day,
  /** Interaction tokens live 15 minutes (discord.md §1); an upload begun later than a minute before may die with it. */
  tokenMarginMs: minute,
  /** This long before its token dies a reply says that it takes longer (at about 13 minutes). */
  lateMs: 2 * minute,
  /** Progress is said at most this often about one task. */
  editsMs: 10 * second,
  /** An edit of progress that got no answer may still land until this long after it was begun. */
  editMs: 15 * second,
  /** A render that took longer than this ends with a ping. */
  pingMs: minute,
  /** A post that may have landed is looked for after this, before it is repeated. */
  repostMs: 2 * minute,
  /** A draft ends after this … */
  draftMs: day,
  /** … and once it has ended in whatever way, it is kept so long and then removed. */
  endedDraftMs: 2 * day,
  /** What a modal was opened for is kept so long; links of Discord's live no longer (discord.md §2). */
  openingMs: day,
  /** Answers to a member's messages are counted over this. */
  draftRateMs: minute,
} as const;

/** Waits `base × 2^attempt`, at most `max`, half of it by chance. `chance` is 0..1. */
export function backoff(attempt: number, chance: number, baseMs = second, maxMs = minute): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 20)) * (0.5 + chance / 2);
}

type Sends = {
  /** When the task got its slot: what it waited in line before, say in a pause, is no fault of the provider. */
  readonly submittingAt: Date | null;
  readonly firstSentAt: Date | null;
  readonly lastSentAt: Date | null;
  readonly now: Date;
};

/** Whether the create may be sent (again). `give-up`: the time for sends is over. */
export function sendDecision({ submittingAt, firstSentAt, lastSentAt, now }: Sends): 'send' | 'give-up' {
  if (submittingAt !== null && since(submittingAt, now) > limits.lastSendMs) return 'give-up';
  if (firstSentAt === null || lastSentAt === null) return 'send';
  if (since(firstSentAt, now) <= limits.sendsMs) return 'send';
  // An outage may have eaten the window: one send after it, by the same key, asks what became of the earlier ones.
  const sentAfterWindow = since(firstSentAt, lastSentAt) > limits.sendsMs;
  return !sentAfterWindow && since(firstSentAt, now) < limits.lastSendMs ? 'send' : 'give-up';
}

/**
 * When to ask for a render again, in milliseconds from now: soon after the start, each 5-10 s while it may end any
 * moment, seldom long before its usual time and long after it (rivya-api.md §6). `usualMs`: what such renders took.
 */
export function pollDelay(ageMs: number, usualMs: number | null, chance: number): number {
  if (ageMs < 2 * second) return 2 * second + chance * second;
  const quietUntil = usualMs === null ? 0 : usualMs * 0.7;
  if (ageMs + 10 * second < quietUntil) return Math.min(30 * second, quietUntil - ageMs);
  const fromMs = ageMs > hour ? minute : ageMs > 10 * minute ? 20 * second : 5 * second;
  return fromMs + chance * fromMs;
}

export function since(earlier: Date, now: Date): number {
  return now.getTime() - earlier.getTime();
}
