/** What a run had to keep to itself, and every form in which it could show. */
export type Secrets = ReturnType<typeof makeSecrets>;

/** Enough to be recognised by: no start of so many characters of a secret may show either. */
const start = 12;

export function makeSecrets() {
  const needles = new Map<string, string>();

  /** The whole and its start, as they are and in the usual disguises. */
  function add(name: string, secret: string): void {
    if (secret.length < start) throw new Error(`${name} is too short to be recognised`);
    for (const [form, text] of Object.entries({ whole: secret, start: secret.slice(0, start) })) {
      const bytes = Buffer.from(text);
      const forms = {
        '': text,
        'in a URL': encodeURIComponent(text.toWellFormed()),
        'in JSON': JSON.stringify(text).slice(1, -1),
        'in JSON twice': JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1),
        'in hex': bytes.toString('hex'),
        ...base64(bytes),
      };
      for (const [disguise, needle] of Object.entries(forms))
        needles.set(needle, `${name}, ${form} ${disguise}`.trim());
    }
  }

  /** What of all that a text holds, with its surroundings. */
  function findIn(text: string): string[] {
    return [...needles].flatMap(([needle, name]) => {
      const at = text.indexOf(needle);
      return at < 0 ? [] : [`${name}: …${text.slice(Math.max(0, at - 120), at + needle.length + 40)}…`];
    });
  }

  return { add, findIn };
}

/** Inside a longer text the letters of base64 depend on what came before: three ways, without the ends that are shared. */
function base64(bytes: Buffer): Record<string, string> {
  const ways = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const own = text.slice(before === 0 ? 0 : 4, (before + bytes.length) % 3 === 0 ? undefined : -2);
    return [
      [`in base64 (${before})`, own],
      [`in base64url (${before})`, own.replaceAll('+', '-').replaceAll('/', '_')],
    ];
  });
  return Object.fromEntries(ways);
}
