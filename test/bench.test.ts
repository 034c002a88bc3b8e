import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const { PATH = '' } = process.env;

/** Its figures by name, of which each one has a number. */
async function bench(name: string): Promise<Map<string, string>> {
  const { stdout } = await run(process.execPath, ['start.js', 'bench/run.ts', name, '--quick'], { env: { PATH } });
  const [, body = ''] = stdout.split(/^figure .*\n/m);
  const lines = body.split('\n\n')[0]?.split('\n') ?? [];
  return new Map(lines.map((line) => line.split(/ {2,}/)).map(([figure = '', value = '']) => [figure, value]));
}

// Figures of memory and processors come from /proc. It keeps both cores busy for half a minute: CI asks for it.
const isAsked = process.platform === 'linux' && Boolean(process.env.TEST_BENCH);

describe.runIf(isAsked).concurrent('npm run bench -- --quick', () => {
  test.each([
    ['accept', ['1 at once: answer p50', '100 at once: answer p99', '100 at once: p99, bot to bare bot']],
    ['deliver', ['8 videos of 2 MB: memory above rest', '8 videos of 2 MB: throughput, bot to buffers']],
    ['flight', ['20 in flight: PostgreSQL', '20 in flight: due to poll p99', '20 in flight: done to delivered p99']],
  ])('%s prints its figures', { timeout: 90_000 }, async (name, figures) => {
    const printed = await bench(name);

    for (const figure of figures) expect(printed.get(figure), figure).toMatch(/^\d+(\.\d+)? \S+$/);
  });
});
