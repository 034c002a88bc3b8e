// `npm run sandbox:states`: docs/states.md and its pictures, from what the real bot answers to the stand-ins.
// Needs, besides the project, `chromium` (CHROMIUM names another), `ffmpeg`, and a font with Chinese, say fonts-noto-cjk.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../show/bot.ts';
import { filmFacts } from '../show/film-facts.ts';
import { interruption } from '../show/interruption.ts';
import { makePainter } from '../show/pages.ts';
import { onStage } from '../show/stage.ts';
import { actSettings, actStates, type Reply } from './act.ts';
import { pageWidth, sideBySide } from './page.ts';
import { languages, pictureName, states, statesPage } from './states.ts';

const scale = 1.25;

type Acted = { readonly replies: readonly Reply[]; readonly film: Buffer };

async function acted(): Promise<Acted> {
  const signal = interruption();
  return onStage(
    signal,
    async (stage) => {
      const replies = await actStates(stage, signal);
      const { discord, rivya } = stage;
      const objections = [...discord.violations, ...rivya.violations];
      if (objections.length > 0) throw new Error(`The stand-ins object to what the bot did:\n${objections.join('\n')}`);
      const done = replies.find(({ state }) => state === 'done');
      const film = done === undefined ? undefined : discord.upload(done.message.id);
      if (film?.bytes === undefined) throw new Error('no film');
      return { replies, film: film.bytes };
    },
    actSettings,
  );
}

async function draw({ replies, film }: Acted): Promise<void> {
  const folder = join(root, 'docs', 'states');
  await mkdir(folder, { recursive: true });
  await using painter = await makePainter();
  const facts = { frame: await painter.frameOf(film), seconds: filmFacts(film)?.seconds ?? 0 };
  for (const { name } of states) {
    const shown = languages.flatMap((speaker) => {
      const reply = replies.find((one) => one.state === name && one.speaker === speaker);
      if (reply === undefined) throw new Error(`no ${name} in ${speaker.language}`);
      return [reply];
    });
    const page = sideBySide(shown, facts);
    const width = pageWidth(shown.length);
    const size = { width, height: await painter.heightOf(page, width), scale };
    await painter.paint(page, size, join(folder, pictureName(name)));
    process.stdout.write(`${name}\n`);
  }
  await writeFile(join(root, 'docs', 'states.md'), statesPage());
}

// `interruption` hears every fault that nobody caught, this program's own too.
try {
  await draw(await acted());
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
