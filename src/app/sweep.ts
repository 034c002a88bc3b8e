type Ports = {
  wakeDue(count: number): Promise<number>;
  showDue(count: number): Promise<number>;
  showPlaces(): Promise<void>;
  fillLine(): Promise<readonly string[]>;
  dropDeadTokens(): Promise<void>;
  retain(): Promise<{ again: boolean }>;
  dropOpenings(): Promise<void>;
  poll(): Promise<{ again: boolean }>;
  tellAlarms(): Promise<{ again: boolean }>;
  tendDrafts(): Promise<{ again: boolean }>;
  tendServers(): Promise<{ again: boolean }>;
  tendDeletions(): Promise<{ again: boolean }>;
};

const wakesAtOnce = 200;

/** What runs by the clock, on any number of workers at once: polls, wakes for rows that stand still, tidying. */
export function sweepSteps({
  wakeDue,
  showDue,
  showPlaces,
  fillLine,
  dropDeadTokens,
  retain,
  dropOpenings,
  poll,
  tellAlarms,
  tendDrafts,
  tendServers,
  tendDeletions,
}: Ports) {
  return [
    { name: 'poll', everyMs: 250, run: poll },
    { name: 'wake', everyMs: 1_000, run: async () => ({ again: (await wakeDue(wakesAtOnce)) === wakesAtOnce }) },
    { name: 'show', everyMs: 1_000, run: async () => ({ again: (await showDue(wakesAtOnce)) === wakesAtOnce }) },
    { name: 'places', everyMs: 5_000, run: () => showPlaces().then(() => ({ again: false })) },
    { name: 'alarms', everyMs: 5_000, run: tellAlarms },
    { name: 'drafts', everyMs: 5_000, run: tendDrafts },
    { name: 'servers', everyMs: 60 * 60_000, run: tendServers },
    { name: 'deletions', everyMs: 5_000, run: tendDeletions },
    { name: 'line', everyMs: 5_000, run: () => fillLine().then(() => ({ again: false })) },
    { name: 'retention', everyMs: 10 * 60_000, run: retain },
    { name: 'openings', everyMs: 60_000, run: () => dropOpenings().then(() => ({ again: false })) },
    { name: 'tokens', everyMs: 60_000, run: () => dropDeadTokens().then(() => ({ again: false })) },
  ];
}
