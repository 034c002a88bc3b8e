/**
 * The values that an ICU message takes, read from its text by the compiler: `{name}` a string, `{count, number}` and
 * `{count, plural, …}` a number, `{kind, select, …}` one of its cases. Quoting by apostrophes is not read; a test forbids it.
 */
export type Values<Text extends string> = Merged<InMessage<Text>>;

type Merged<Found> = {
  readonly [Name in Found extends [infer N extends string, unknown] ? N : never]: ValueOf<Found, Name>;
};
type ValueOf<Found, Name> = Found extends [Name, infer Value] ? Value : never;

/** What follows may be a branch of a plural or select (`Depth` counts them), whose end is a `}`. */
type InMessage<Text extends string, Depth extends 1[] = [], Found = never> = Text extends `${infer Head}{${infer Tail}`
  ? Head extends `${string}}${infer Rest}`
    ? AfterBranch<`${Rest}{${Tail}`, Depth, Found>
    : InArgument<Tail, Depth, Found>
  : Text extends `${string}}${infer Rest}`
    ? AfterBranch<Rest, Depth, Found>
    : Found;

type InArgument<Text extends string, Depth extends 1[], Found> = Text extends `${infer Head}}${infer Tail}`
  ? Head extends `${infer Name},${infer Rest}`
    ? Rest extends `${infer Kind extends ' plural' | ' select'},${string}`
      ? InBranches<Text, Depth, Found | [Name, Kind extends ' select' ? string : number]>
      : InMessage<Tail, Depth, Found | [Name, number]>
    : InMessage<Tail, Depth, Found | [Head, string]>
  : never;

type InBranches<Text extends string, Depth extends 1[], Found> = Text extends `${string}{${infer Tail}`
  ? InMessage<Tail, [...Depth, 1], Found>
  : never;

/** Another branch, or the end of the plural or select that it belonged to. */
type AfterBranch<Text extends string, Depth extends 1[], Found> =
  Trim<Text> extends `}${infer Rest}`
    ? Depth extends [1, ...infer Outer extends 1[]]
      ? InMessage<Rest, Outer, Found>
      : never
    : Depth extends [1, ...infer Outer extends 1[]]
      ? InBranches<Text, Outer, Found>
      : never;

type Trim<Text extends string> = Text extends ` ${infer Rest}` ? Trim<Rest> : Text;
