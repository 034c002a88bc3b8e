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
  return describe(error, 0);
}

function describe(error: unknown, depth: number): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const fields: Record<string, unknown> = { type: error.name };
  for (const field of plainFields) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') fields[field] = value;
  }
  if (ownErrors.has(error.name)) fields.message = error.message;
  fields.at = frames(error);
  if (error.cause instanceof Error && depth < deepest) fields.cause = describe(error.cause, depth + 1);
  return fields;
}

/** An error may be its own cause. */
const deepest = 4;

/** Errors whose messages we write ourselves, of codes and route names. */
const ownErrors = new Set(['ProviderError', 'ConfigError']);

/**
 * The stack without its message and without paths above the project. The message is cut off as a whole: it may quote a
 * prompt, and that may have lines like a stack's own.
 */
function frames({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  const lines = stack.slice(start + message.length).split('\n');
  return lines
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim().replace(/\(?(?:file:\/\/)?\/[^)]*\/(src|commands|node_modules)\//, '($1/'));
}
