import { Agent, request } from 'undici';
import { isMediaProxy, liesAt } from '#src/domain/images.ts';

export type ImageSources = {
  /** The one origin that attachments lie at. */
  readonly cdnUrl: string;
  /** Discord's proxies for pictures of embeds. */
  readonly mediaHosts: readonly string[];
};

/**
 * Reads pictures from where Discord keeps them; redirects are not followed. 'gone': Discord no longer has it (slash
 * attachments expire unannounced, discord.md §2). Throws on faults that may pass, also in mid-stream: a whole picture
 * takes `longestMs` at most. Whoever reads counts the bytes.
 */
export function openAttachments({ cdnUrl, mediaHosts }: ImageSources, longestMs = 60_000) {
  const agent = new Agent({
    connections: 16,
    connect: { timeout: 5_000 },
    headersTimeout: 15_000,
    bodyTimeout: 15_000,
  });

  async function readImage(url: string): Promise<AsyncIterable<Uint8Array> | 'gone'> {
    if (!liesAt(url, cdnUrl) && !isMediaProxy(url, mediaHosts)) return 'gone';
    const response = await request(url, { dispatcher: agent, signal: AbortSignal.timeout(longestMs) });
    if (response.statusCode === 200) return response.body;
    response.body.on('error', () => {}).destroy();
    if (response.statusCode >= 300 && response.statusCode < 500 && response.statusCode !== 429) return 'gone';
    throw new Error(`attachment: HTTP ${response.statusCode}`);
  }

  return { readImage, close: () => agent.destroy() };
}
