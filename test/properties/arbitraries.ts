import fc from 'fast-check';

/** Any string at all, halves of surrogate pairs and NUL among it. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.array(fc.nat(0xff_ff), { maxLength: 50 }).map((units) => String.fromCharCode(...units)),
);

const marks = fc.constantFrom(
  ...[
    '*',
    '**',
    '_',
    '__',
    '~~',
    '`',
    '```',
    '|',
    '||',
    '\\',
    '\\\\',
    '> ',
    '>>> ',
    '# ',
    '-# ',
    '- ',
    '1. ',
    '\n',
    '\r',
  ],
  ...['<@', '<@&', '<#', '<:a:', '</a:', '<t:', ':R>', '>', '@everyone', '@here', 'https://', '](', '[', ')', '!'],
  ...['\u2028', '\u202e', '\u2066', '\u0085', '\0', '\ud800', '\udc00', '🦊', '👩‍👩‍👧', '雪'],
);
/** Words between the marks that mean something to Discord. */
export const markedText = fc
  .array(fc.oneof({ weight: 3, arbitrary: marks }, { weight: 1, arbitrary: fc.string({ maxLength: 8 }) }), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

/** What parsers stumble over. */
const odd = fc.constantFrom<unknown>(
  ...[null, true, false, 0, -0, -1, 0.5, Number.MAX_VALUE, 2 ** 53, '', ' ', '0', 'null', 'true', [], {}, [[]]],
  ...['__proto__', 'constructor', 'toString', '\0', '\ud800', "'; drop table tasks; --", '9'.repeat(30)],
  ...[{ toString: 1, valueOf: 1 }, JSON.parse('{"__proto__": {"type": 2}}'), 'x'.repeat(5_000)],
);

/** Any JSON, with what parsers stumble over. */
export const anyJson = fc.oneof(
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: odd },
  { weight: 1, arbitrary: anyText },
) as fc.Arbitrary<unknown>;

/**
 * A JSON value with up to four changes anywhere inside: a field gone, anything in its place, or an odd field beside it. A value
 * that is nearly right gets further than one that is all wrong.
 */
export function nearly<T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.nat(), to: fc.oneof(fc.constant(gone), anyJson), under: fc.option(oddKey) });
  return fc.tuple(value, fc.array(change, { maxLength: 4 })).map(([whole, changes]) => {
    let changed: unknown = structuredClone(whole);
    for (const one of changes) changed = changeIn(changed, one);
    return changed;
  });
}

const gone = Symbol('gone');
const oddKey = fc.constantFrom('x', '', '__proto__', 'constructor', 'toString', 'length', '0');
type Change = { readonly at: number; readonly to: unknown; readonly under: string | null };

function changeIn(whole: unknown, { at, to, under }: Change): unknown {
  const places = [...placesIn(whole)];
  const place = places[at % (places.length + 1)];
  if (place === undefined) return to === gone ? undefined : to;
  const { holder, key } = place;
  if (Array.isArray(holder)) holder.splice(Number(key), under === null ? 1 : 0, ...(to === gone ? [] : [to]));
  else if (to === gone) delete holder[key];
  // As JSON.parse makes it: `__proto__` is a key like any other.
  else Object.defineProperty(holder, under ?? key, { value: to, enumerable: true, configurable: true, writable: true });
  return whole;
}

type Place = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string };

function* placesIn(value: unknown): Iterable<Place> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield { holder: value as Record<string, unknown>, key };
    yield* placesIn(inner);
  }
}
