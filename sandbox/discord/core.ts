import type { Cdn } from './cdn.ts';
import type { Commands } from './commands.ts';
import type { Gateway } from './gateway.ts';
import type { Interactions } from './interactions.ts';
import type { MediaProxy } from './media.ts';
import type { Messages } from './messages.ts';
import type { KeepUploads } from './uploads.ts';
import type { World } from './world.ts';

/** The parts of one stand-in, as its routes see them. */
export type StandInCore = {
  readonly applicationId: string;
  readonly botUserId: string;
  readonly ownerId: string;
  readonly world: World;
  readonly commands: Commands;
  readonly messages: Messages;
  readonly gateway: Gateway;
  readonly cdn: Cdn;
  readonly media: MediaProxy;
  /** MESSAGE_CONTENT is turned on for the application, which nobody here is by itself. */
  readonly seesContent: boolean;
  readonly interactions: Interactions;
  readonly tokenLifetimeMs: number;
  readonly uploadLimit: number;
  readonly keepUploads: KeepUploads;
  /** Checks a body against Discord's official description, where that is at hand. */
  readonly checkOfficially: (route: string, method: string, body: unknown) => void;
  readonly violate: (what: string) => void;
};
