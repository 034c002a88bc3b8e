// Remakes docs/reply.png from what the sandbox's bot really answers: node sandbox/show/picture.ts
// Needs, besides the project, `ffmpeg` for a picture of the film and `chromium` to draw the page (CHROMIUM names another).
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MessageJson } from '../discord/discord.ts';
import { root } from './bot.ts';
import { example } from './example.ts';
import { filmFacts } from './film-facts.ts';
import { interruption } from './interruption.ts';
import { replyPage } from './picture-page.ts';
import { play } from './play.ts';
import { onStage } from './stage.ts';

const run = promisify(execFile);
const size = { width: 612, height: 422, scale: 1.5 };
const frameAtSeconds = 0.5;

type Shown = { readonly film: Buffer; readonly reply: MessageJson; readonly member: string };

async function answered(): Promise<Shown> {
  const signal = interruption();
  return onStage(signal, async (stage) => {
    const silent = { signal, onReply() {}, onProvider() {} };
    const ended = await play(stage, example, silent);
    if (ended.film === null) throw new Error(`no film: ${ended.reply.content}`);
    return { film: ended.film, reply: ended.reply, member: stage.member.name };
  });
}

async function draw({ film, reply, member }: Shown, to: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kling-picture-'));
  const file = (name: string) => join(folder, name);
  try {
    await writeFile(file('film.mp4'), film);
    const seek = ['-v', 'error', '-ss', String(frameAtSeconds), '-i', file('film.mp4')];
    await run('ffmpeg', [...seek, '-frames:v', '1', file('frame.png')]);
    const frame = `data:image/png;base64,${(await readFile(file('frame.png'))).toString('base64')}`;
    const seconds = filmFacts(film)?.seconds ?? 0;
    await writeFile(file('page.html'), replyPage({ reply, member, frame, seconds }));
    await run(process.env.CHROMIUM ?? 'chromium', [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--user-data-dir=${file('profile')}`],
      ...[`--window-size=${size.width},${size.height}`, `--force-device-scale-factor=${size.scale}`],
      ...[`--screenshot=${file('shot.png')}`, `file://${file('page.html')}`],
    ]);
    // 256 well-chosen colours: a third of the bytes, and no eye sees it.
    const palette = '[0:v]split[a][b];[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=sierra2_4a';
    await run('ffmpeg', ['-v', 'error', '-y', '-i', file('shot.png'), '-filter_complex', palette, to]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await draw(await answered(), join(root, 'docs', 'reply.png'));
