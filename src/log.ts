import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pino, { type Logger, stdTimeFunctions } from 'pino';

/**
 * JSON lines, pretty on a terminal. Errors go through an allow-list: their own message and stack may hold statement
 * parameters, signed URLs and prompts.
 */
export function openLog(level: string, isTerminal: boolean): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    isTerminal ? pino.transport({ target: 'pino-pretty', options: { ignore: 'pid,hostname' } }) : pino.destination(1),
  );
}

const plainFields = [
  'code',
  'status',
  'requestId',
  'surelyNotTaken',
  'method',
  'constraint_name',
  'table_name',
] as const;

/** What a log line may say of an error: its kind, codes, and where in our code it arose. Never its message, unless it is ours. */
export function describeError(error: unknown): object {
  try {
    return describe(error, 0);
  } catch {
    // Whoever throws an error that cannot even be looked at must not take the log line with it.
    return { type: typeof error };
  }
}

function describe(error: unknown, depth: number): object {
  if (!(error instanceof Error)) return { type: typeof error };
  // discord.js puts routes into some names.
  const [kind] = String(error.name).split('[', 1);
  const fields: Record<string, unknown> = { type: isWord(kind) ? kind : 'Error' };
  for (const field of plainFields) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === 'number' || typeof value === 'boolean' || isWord(value)) fields[field] = value;
  }
  if (ownErrors.has(error.name)) fields.message = error.message;
  fields.at = frames(error);
  if (error.cause instanceof Error && depth < deepest) fields.cause = describe(error.cause, depth + 1);
  return fields;
}

/** An error may be its own cause. */
const deepest = 4;

/** A kind, a code, a name of ours: nothing that could be a sentence or an address. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value);
}

/** Errors whose messages we write ourselves, of codes and route names. */
const ownErrors = new Set(['ProviderError', 'ConfigError']);

/** The project, as stacks name it: modules by URL, older ones by path. */
const roots = [new URL('..', import.meta.url).href, fileURLToPath(new URL('..', import.meta.url))];
const frame = /^at (?:([\w.$<># [\]]{1,100}) \()?(.{1,500}?:\d+:\d+)\)?$/;

/**
 * The stack as places in the code, without paths above the project. The message is cut off as a whole: it may quote a
 * prompt, and that may have lines like a stack's own. One that was changed since tells nothing of where it ends.
 */
function frames({ stack, message }: Error): string[] {
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  const start = message === '' ? stack.indexOf('\n') : stack.indexOf(message);
  if (start < 0) return [];
  const lines = stack.slice(start + message.length).split('\n');
  return lines.flatMap((line) => place(line.trim())).slice(0, 6);
}

/** A line of a stack, if it names a place in this project or in Node itself. */
function place(line: string): string[] {
  const [, caller, whole = ''] = frame.exec(line) ?? [];
  const root = roots.find((one) => whole.startsWith(one));
  const where = whole.slice(root?.length);
  if ((root === undefined && !whole.startsWith('node:')) || !/^[\w@.+:/-]+$/.test(where)) return [];
  return [caller === undefined ? `at ${where}` : `at ${caller} (${where})`];
}

/**
 * An error that nobody catches ends the process, as Node has it; but Node would print it whole, and those of PostgreSQL
 * carry rows and parameters.
 */
export function describeLastError(): void {
  process.on('uncaughtException', (error) => {
    const line = { level: 'fatal', time: new Date().toISOString(), err: describeError(error), msg: 'not caught' };
    try {
      writeSync(process.stderr.fd, `${JSON.stringify(line)}\n`);
    } finally {
      process.exit(1);
    }
  });
}
