import { type EmbeddedOptions, startEmbedded } from '#src/store/embedded.ts';
import type { Lifetime } from './lifetime.ts';

/** Starts the embedded server or attaches to it, until `lifetime` ends. Throws what kept it from starting. */
export async function embeddedUrl(options: EmbeddedOptions, lifetime: Lifetime): Promise<string> {
  const starting = startEmbedded(options);
  // A stop that comes while the server starts waits for it: left alone, it would outlive the process. Why a start failed
  // is thrown below; then there is nothing to stop.
  lifetime.add('embedded database', async () => (await starting.catch(() => null))?.stop());
  return (await starting).url;
}
