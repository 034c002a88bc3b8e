/** Ctrl+C, a closed terminal or a polite kill. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Aborted by the first signal, by output that nobody reads any more, and by a fault nobody foresaw, so that what was
 * started can be ended. Later signals change nothing: npm passes on a Ctrl+C that the terminal has sent already.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(new Interrupted('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stop);
  process.on('uncaughtException', (error) => controller.abort(error));
  return controller.signal;
}
