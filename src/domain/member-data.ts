/** All that is stored about a member, a page at a time: what a key means is told in PRIVACY.md. */
export type MemberData = {
  readonly page: number;
  readonly pages: number;
  readonly videos: readonly object[];
  readonly credits: readonly object[];
  readonly [key: string]: unknown;
};

/** On one page, so that its file stays under what Discord takes anywhere, however long the prompts. */
export const videosOnPage = 500;
export const creditsOnPage = 2_000;
