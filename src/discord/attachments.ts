import { Agent, request } from 'undici';
import { liesAt } from '#src/domain/images.ts';

/**
 * Reads attachments, from the one origin they may lie at; redirects are not followed. 'gone': Discord no longer has it
 * (slash attachments expire unannounced, discord.md §2). Throws on faults that may pass.
 */
export function openAttachments(origin: string) {
  const agent = new Agent({
    connections: 16,
    connect: { timeout: 5_000 },
    headersTimeout: 15_000,
    bodyTimeout: 15_000,
  });

  async function readImage(url: string): Promise<AsyncIterable<Uint8Array> | 'gone'> {
    if (!liesAt(url, origin)) return 'gone';
    const response = await request(url, { dispatcher: agent });
    if (response.statusCode === 200) return response.body;
    response.body.on('error', () => {}).destroy();
    if (response.statusCode >= 300 && response.statusCode < 500 && response.statusCode !== 429) return 'gone';
    throw new Error(`attachment: HTTP ${response.statusCode}`);
  }

  return { readImage, close: () => agent.destroy() };
}
