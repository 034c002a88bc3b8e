type Line = (fields: object, message: string) => void;

/** What rooms log through; pino fits it. Fields never hold tokens, signed URLs or prompts. */
export type Log = { readonly debug: Line; readonly info: Line; readonly warn: Line; readonly error: Line };
