import type { Chance } from '#test/chance.ts';

export type Member = { readonly name: string; readonly dmsClosed: boolean };

/** Where a command is typed. `quiet`: a channel the bot may not write in. `foreign`: a server without the bot, by user install. */
export const places = ['channel', 'quiet', 'dm', 'group', 'foreign'] as const;
export type Place = (typeof places)[number];

/** `mislabeled` is a GIF called PNG, `cut` lacks its end: the member hears of both. */
export const pictures = ['png', 'jpeg', 'webp', 'mislabeled', 'cut'] as const;
export type Picture = (typeof pictures)[number];

/** How a result is served: `large` only fits as a link, `cut` breaks off for a second, `unsized` has no length. */
export const films = ['plain', 'large', 'cut', 'unsized'] as const;
export type Film = (typeof films)[number];

export type Render = {
  readonly afterMs: number;
  /** What the provider charges in the end; null: it does not say, and takes the reservation. */
  readonly charged: number | null;
  readonly end: 'video' | 'failure';
  readonly film: Film;
};

export type Command = {
  readonly at: number;
  readonly member: number;
  readonly place: Place;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly pictures: readonly Picture[];
  readonly render: Render;
  /** The same event once more, as after a RESUME. */
  readonly againAfterMs: number | null;
  /** What happens to the reply once the provider has the task. */
  readonly fate: 'stays' | 'token-dies' | 'deleted' | 'token-dies-and-deleted';
};

const price = 90;

export function planMembers(chance: Chance): Member[] {
  const count = chance.between(2, 5);
  return Array.from({ length: count }, (_, index) => ({ name: `member-${index}`, dmsClosed: chance.happens(0.2) }));
}

/** In bursts and one by one, most of them early, so that the storm meets them in every state. */
export function planCommands(chance: Chance, stormMs: number, members: readonly Member[]): Command[] {
  const bursts = Array.from({ length: chance.between(1, 3) }, () => chance.upTo(stormMs * 0.8));
  const times = Array.from({ length: chance.between(5, 14) }, () =>
    chance.happens(0.4) ? chance.pick(bursts) : chance.upTo(stormMs * 0.9),
  ).toSorted((a, b) => a - b);
  return times.map((at, index) => planCommand(chance, index, at, members.length));
}

function planCommand(chance: Chance, index: number, at: number, members: number): Command {
  return {
    at,
    member: chance.upTo(members - 1),
    place: chance.happens(0.6) ? 'channel' : chance.pick(places),
    options: planOptions(chance, index),
    pictures: Array.from({ length: chance.happens(0.6) ? 0 : chance.between(1, 2) }, () =>
      chance.happens(0.85) ? chance.pick(['png', 'jpeg', 'webp'] as const) : chance.pick(pictures),
    ),
    render: planRender(chance),
    againAfterMs: chance.happens(0.2) ? chance.upTo(1_500) : null,
    fate: chance.happens(0.75) ? 'stays' : chance.pick(['token-dies', 'deleted', 'token-dies-and-deleted'] as const),
  };
}

/** The prompt names the command, so that what reaches the provider is known by it. */
export const promptOf = (index: number, words: string) => `storm ${index}: ${words}`;
export const indexOfPrompt = (prompt: string) => Number(/^storm (\d+):/.exec(prompt)?.[1] ?? -1);
/** What the servers' moderation lets nobody say. */
export const forbidden = 'thunder';

function planOptions(chance: Chance, index: number): Command['options'] {
  const maybe = (name: string, values: readonly (string | boolean)[]) =>
    chance.happens(0.4) ? { [name]: chance.pick(values) } : {};
  return {
    prompt: promptOf(index, chance.happens(0.9) ? 'a fox in the snow' : `a fox in the ${forbidden}`),
    ...maybe('mode', ['std', 'pro']),
    ...maybe('duration', ['3', '5', '10', '15']),
    ...maybe('sound', [true, false]),
    ...maybe('aspect_ratio', ['16:9', '9:16', '1:1']),
  };
}

function planRender(chance: Chance): Render {
  const fails = chance.happens(0.15);
  const usual = fails ? 0 : price;
  return {
    afterMs: chance.between(200, 2_500),
    charged: chance.happens(0.7) ? usual : fails ? chance.pick([0, 5]) : chance.pick([null, 0, 60, 100]),
    end: fails ? 'failure' : 'video',
    film: chance.happens(0.7) ? 'plain' : chance.pick(films),
  };
}
