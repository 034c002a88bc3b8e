import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const frameAtSeconds = 0.5;

type Size = { readonly width: number; readonly height: number; readonly scale: number };
export type Painter = Awaited<ReturnType<typeof makePainter>>;

/** Draws pages with what this machine has: `chromium` (CHROMIUM names another) and `ffmpeg`. Disposing clears its files. */
export async function makePainter() {
  const folder = await mkdtemp(join(tmpdir(), 'kling-picture-'));
  const file = (name: string) => join(folder, name);
  const browse = (...args: string[]) => {
    const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'];
    return run(process.env.CHROMIUM ?? 'chromium', [...quiet, `--user-data-dir=${file('profile')}`, ...args]);
  };
  const ffmpeg = (...args: string[]) => run('ffmpeg', ['-v', 'error', '-y', ...args]);
  return {
    /** A picture out of a film, as a data URL. */
    async frameOf(film: Buffer): Promise<string> {
      await writeFile(file('film.mp4'), film);
      await ffmpeg('-ss', String(frameAtSeconds), '-i', file('film.mp4'), '-frames:v', '1', file('frame.png'));
      return `data:image/png;base64,${(await readFile(file('frame.png'))).toString('base64')}`;
    },

    /** Height of a page of this width, in its own pixels. */
    async heightOf(page: string, width: number): Promise<number> {
      const measure = '<script>document.title = Math.ceil(document.body.getBoundingClientRect().height)</script>';
      await writeFile(file('page.html'), page + measure);
      const { stdout } = await browse(`--window-size=${width},2000`, '--dump-dom', `file://${file('page.html')}`);
      const height = Number(/<title>(\d+)<\/title>/.exec(stdout)?.[1]);
      if (!Number.isInteger(height)) throw new Error('the browser told no height');
      return height;
    },

    async paint(page: string, { width, height, scale }: Size, to: string): Promise<void> {
      await writeFile(file('page.html'), page);
      const size = [`--window-size=${width},${height}`, `--force-device-scale-factor=${scale}`];
      await browse(...size, `--screenshot=${file('shot.png')}`, `file://${file('page.html')}`);
      // 256 well-chosen colours: a third of the bytes, and no eye sees it.
      const palette = '[0:v]split[a][b];[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=sierra2_4a';
      await ffmpeg('-i', file('shot.png'), '-filter_complex', palette, to);
    },

    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
