type Ports = {
  readonly retentionDays: number;
  /** Removes what prompts and results are older than that; how many there were. */
  eraseOld(days: number, count: number): Promise<number>;
  dropKept(days: number, count: number): Promise<number>;
};

const atOnce = 200;

/** One beat of forgetting: prompts, results and kept videos that are older than operators keep them. */
export function makeRetain({ retentionDays, eraseOld, dropKept }: Ports) {
  return async function retain(): Promise<{ again: boolean }> {
    const erased = await eraseOld(retentionDays, atOnce);
    const dropped = await dropKept(retentionDays, atOnce);
    return { again: erased >= atOnce || dropped >= atOnce };
  };
}
