import type { RawRequest } from './request.ts';

/** A request begun, of which a modal asks its member for the rest. */
export type Opening = {
  readonly id: string;
  readonly userId: string;
  readonly request: Partial<RawRequest>;
};
