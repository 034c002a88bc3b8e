// Remakes docs/reply.png from what the sandbox's bot really answers: node sandbox/show/picture.ts
// Needs, besides the project, `ffmpeg` for a picture of the film and `chromium` to draw the page (CHROMIUM names another).
import { join } from 'node:path';
import type { MessageJson } from '../discord/discord.ts';
import { root } from './bot.ts';
import { example } from './example.ts';
import { filmFacts } from './film-facts.ts';
import { interruption } from './interruption.ts';
import { makePainter } from './pages.ts';
import { replyPage } from './picture-page.ts';
import { play } from './play.ts';
import { onStage } from './stage.ts';

const width = 612;
const scale = 1.5;

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

// `interruption` hears every fault that nobody caught, this program's own too.
try {
  const { film, reply, member } = await answered();
  await using painter = await makePainter();
  const frame = await painter.frameOf(film);
  const page = replyPage({ reply, member, frame, seconds: filmFacts(film)?.seconds ?? 0 });
  await painter.paint(
    page,
    { width, height: await painter.heightOf(page, width), scale },
    join(root, 'docs', 'reply.png'),
  );
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
