import type { JsonObject } from './json.ts';

// Discord's status, error code and message for each "no" (opcodes-and-status-codes of its documentation).
const known = {
  unauthorized: [401, 0, '401: Unauthorized'],
  notFound: [404, 0, '404: Not Found'],
  methodNotAllowed: [405, 0, '405: Method Not Allowed'],
  unknownApplication: [404, 10002, 'Unknown Application'],
  unknownChannel: [404, 10003, 'Unknown Channel'],
  unknownGuild: [404, 10004, 'Unknown Guild'],
  unknownMember: [404, 10007, 'Unknown Member'],
  unknownMessage: [404, 10008, 'Unknown Message'],
  unknownUser: [404, 10013, 'Unknown User'],
  unknownWebhook: [404, 10015, 'Unknown Webhook'],
  unknownInteraction: [404, 10062, 'Unknown interaction'],
  unknownCommand: [404, 10063, 'Unknown application command'],
  onlyOwner: [403, 20012, 'You are not authorized to perform this action on this application'],
  tooManyAttachments: [400, 30015, 'Maximum number of attachments in a message reached (10)'],
  commandCreates: [400, 30034, 'Max number of daily application command creates has been reached (200)'],
  tooLarge: [413, 40005, 'Request entity too large'],
  alreadyAcknowledged: [400, 40060, 'Interaction has already been acknowledged.'],
  followUpLimit: [400, 40094, 'This interaction has reached the maximum number of follow up messages'],
  userAgent: [
    403,
    40333,
    'internal network error: the request was blocked; set a valid User-Agent, see https://discord.com/developers/docs/reference#user-agent',
  ],
  missingAccess: [403, 50001, 'Missing Access'],
  notInDm: [403, 50003, 'Cannot execute action on a DM channel'],
  notAuthor: [403, 50005, 'Cannot edit a message authored by another user'],
  emptyMessage: [400, 50006, 'Cannot send an empty message'],
  closedDms: [403, 50007, 'Cannot send messages to this user'],
  missingPermissions: [403, 50013, 'Missing Permissions'],
  invalidWebhookToken: [401, 50027, 'Invalid Webhook Token'],
  invalidVersion: [400, 50041, 'Invalid API version'],
  archivedThread: [400, 50083, 'Thread is archived'],
  badJson: [400, 50109, 'The request body contains invalid JSON.'],
  noMutualGuild: [403, 50278, 'Cannot send messages to this user due to having no mutual guilds'],
  blockedByAutoMod: [400, 200000, 'Message was blocked by automatic moderation'],
  lockedThread: [400, 160005, 'Thread is locked'],
  replyNeedsHistory: [400, 160002, 'Cannot reply without permission to read message history'],
} as const satisfies Record<string, readonly [status: number, code: number, message: string]>;

export type RefusalName = keyof typeof known;

/** What Discord answers when it says no; thrown by a route, sent by the server. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly code: number;
  readonly body: JsonObject;

  constructor(status: number, code: number, message: string, more: JsonObject = {}) {
    super(`${status} ${code} ${message}`);
    this.status = status;
    this.code = code;
    this.body = { message, code, ...more };
  }
}

export function refusal(name: RefusalName): Refused {
  const [status, code, message] = known[name];
  return new Refused(status, code, message);
}

export type FormProblem = { readonly path: readonly PropertyKey[]; readonly code: string; readonly message: string };

/** 50035 with Discord's tree: the path of each problem ends in `_errors`. */
export function invalidForm(problems: readonly FormProblem[]): Refused {
  const errors: Tree = new Map();
  for (const { path, code, message } of problems) plant(errors, path.map(String), { code, message });
  return new Refused(400, 50035, 'Invalid Form Body', { errors: toJson(errors) });
}

export const invalidField = (path: readonly PropertyKey[], code: string, message: string): Refused =>
  invalidForm([{ path, code, message }]);

type Tree = Map<string, Tree | JsonObject[]>;

function plant(tree: Tree, [head, ...rest]: readonly string[], problem: JsonObject): void {
  if (head === undefined) {
    const list = tree.get('_errors');
    tree.set('_errors', Array.isArray(list) ? [...list, problem] : [problem]);
    return;
  }
  const below = tree.get(head);
  const branch: Tree = below instanceof Map ? below : new Map();
  tree.set(head, branch);
  plant(branch, rest, problem);
}

const toJson = (tree: Tree): JsonObject =>
  Object.fromEntries([...tree].map(([key, below]) => [key, below instanceof Map ? toJson(below) : below]));
