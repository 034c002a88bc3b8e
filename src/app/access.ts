export type AccessRefusal = { readonly refused: 'stranger' } | { readonly refused: 'membership-unknown' };
export type Access = { readonly hasAllowance: boolean };

type Ports = {
  /** Empty: any server. */
  readonly guildIds: readonly string[];
  readonly userIds: readonly string[];
  readonly operatorIds: readonly string[];
  /** Asks Discord; throws if it gives no answer. */
  isMember(guildId: string, userId: string): Promise<boolean>;
  /** Bonus credits, or an allowance that operators gave them by name. */
  hasOwnCredits(userId: string): Promise<boolean>;
};

const membershipMs = 60 * 60 * 1000;

/**
 * Who may use the bot (design: who may use it). Members of allowed servers have an allowance wherever they call from;
 * others only by name, as operators, or with credits of their own (bonus, own allowance) and then with those alone. Memberships are kept an hour.
 */
export function makeAccess({ guildIds, userIds, operatorIds, isMember, hasOwnCredits }: Ports) {
  const named = new Set([...userIds, ...operatorIds]);
  const known = new Map<string, { readonly isMember: boolean; readonly until: number }>();

  return async function access(userId: string, guildId: string | null): Promise<Access | AccessRefusal> {
    if (guildIds.length === 0 || named.has(userId)) return { hasAllowance: true };
    if (guildId !== null && guildIds.includes(guildId)) return { hasAllowance: true };
    const member = await isMemberOfAny(userId);
    if (member === true) return { hasAllowance: true };
    if (await hasOwnCredits(userId)) return { hasAllowance: false };
    return { refused: member === 'unknown' ? 'membership-unknown' : 'stranger' };
  };

  async function isMemberOfAny(userId: string): Promise<boolean | 'unknown'> {
    const answers = await Promise.all(guildIds.map((guildId) => remembered(guildId, userId)));
    if (answers.includes(true)) return true;
    return answers.includes('unknown') ? 'unknown' : false;
  }

  async function remembered(guildId: string, userId: string): Promise<boolean | 'unknown'> {
    const key = `${guildId}/${userId}`;
    const entry = known.get(key);
    if (entry !== undefined && entry.until > Date.now()) return entry.isMember;
    const answer = await isMember(guildId, userId).catch(() => 'unknown' as const);
    if (answer === 'unknown') return entry?.isMember ?? 'unknown';
    // Bounded: strangers must not be able to fill the memory.
    if (known.size >= 10_000) known.clear();
    known.set(key, { isMember: answer, until: Date.now() + membershipMs });
    return answer;
  }
}
