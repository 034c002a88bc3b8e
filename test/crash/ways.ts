import type { AtCommit, AtRequest, Death, End, Point, Scene } from './point.ts';

type Told = { readonly scene?: Scene; readonly end?: End };
type Commit = Omit<AtCommit, 'fate'> & Told & Partial<Record<AtCommit['fate'], End>>;
type Request = Omit<AtRequest, 'fate'> & Told & Partial<Record<AtRequest['fate'], End>>;

/** The ways to die at a commit: those that have an end of their own; else, before it and after it. */
export function commits(
  name: string,
  { scene = {}, end, halfway, undone = end, unheard = end, ...commit }: Commit,
): Point[] {
  return points(name, scene, { halfway, undone, unheard }, (fate) => ({ ...commit, fate }));
}

/** The ways to die with a request on the wire: those that have an end of their own; else, that it is lost and that it is taken. */
export function requests(
  name: string,
  { scene = {}, end, lost = end, taken = end, half, late, ...request }: Request,
): Point[] {
  return points(name, scene, { half, lost, taken, late }, (fate) => ({ ...request, fate }));
}

function points<Fate extends Death['fate']>(
  name: string,
  scene: Scene,
  ends: { readonly [F in Fate]: End | undefined },
  death: (fate: Fate) => Death,
): Point[] {
  return (Object.keys(ends) as Fate[]).flatMap((fate) => {
    const end = ends[fate];
    return end === undefined ? [] : [{ name, scene, deaths: [death(fate)], end }];
  });
}

/** The same points, with another death before them. */
export function afterDying(before: Death, points: readonly Point[]): Point[] {
  return points.map((one) => ({ ...one, deaths: [before, ...one.deaths] }));
}

export const callback = { at: 'discord', method: 'POST', route: '/interactions/:id/:token/callback' } as const;
const original = { at: 'discord', route: '/webhooks/:app/:token/messages/@original' } as const;
export const lookUp = { ...original, method: 'GET' } as const;
export const editReply = { ...original, method: 'PATCH' } as const;
export const followUp = { at: 'discord', method: 'POST', route: '/webhooks/:app/:token' } as const;
export const editMessage = { at: 'discord', method: 'PATCH', route: '/channels/:channel/messages/:message' } as const;
export const postMessage = { at: 'discord', method: 'POST', route: '/channels/:channel/messages' } as const;
export const listMessages = { at: 'discord', method: 'GET', route: '/channels/:channel/messages' } as const;
export const openDm = { at: 'discord', method: 'POST', route: '/users/@me/channels' } as const;

export const create = { at: 'provider', method: 'POST', route: '/api/v1/generations' } as const;
export const read = { at: 'provider', method: 'GET', route: '/api/v1/generations/:id' } as const;
export const upload = { at: 'provider', method: 'POST', route: '/api/v1/files' } as const;
export const download = { at: 'provider', method: 'GET', route: '/results/:task/:name' } as const;

/** A change of a task's row. */
export const task = (when: string) => ({ on: 'tasks', event: 'update', when }) as const;
export const turns = (column: string, value: string) =>
  task(`old.${column} is distinct from '${value}' and new.${column} = '${value}'`);
export const isSet = (column: string) => task(`old.${column} is null and new.${column} is not null`);
export const isCleared = (column: string) => task(`old.${column} is not null and new.${column} is null`);
export const jobTaken = (queue: 'submit' | 'deliver') =>
  ({ on: `${queue} jobs`, event: 'update', when: `old.state < 'active' and new.state = 'active'` }) as const;
export const jobDone = (queue: 'submit' | 'deliver') =>
  ({ on: `${queue} jobs`, event: 'update', when: `old.state = 'active' and new.state = 'completed'` }) as const;
