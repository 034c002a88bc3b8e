/** What members decide for themselves, wherever they use the bot. */
export type MemberSettings = {
  /** They are mentioned when a video of theirs is done. */
  readonly ping: boolean;
};

/** Of a member who has decided nothing: the columns' own defaults. */
export const defaultSettings: MemberSettings = { ping: true };

/** What stands in rows for a member who was forgotten, and leads back to nobody. */
export const goneMark = 'gone-';
export const isGone = (userId: string) => userId.startsWith(goneMark);
