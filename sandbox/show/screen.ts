import type { Wish } from './arguments.ts';
import { harmless, wrapped } from './columns.ts';
import { filmFacts } from './film-facts.ts';
import { fileSize, messageBox } from './message-box.ts';
import { type Paint, paintFor } from './paint.ts';
import type { Seen } from './play.ts';
import type { Stage } from './stage.ts';

type Result = {
  readonly path: string;
  readonly film: Buffer;
  readonly credits: number;
};

const margin = 9;
const ownCommand = 'npm run sandbox -- --prompt "a fox in the snow" --image photo.jpg --duration 10 --sound';

/** What the person at the terminal sees. Times count from the start of the process. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  readonly #paint: Paint;
  readonly #width: number;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#paint = paintFor(stream);
    this.#width = Math.min(Math.max(stream.columns || 100, 50), 100);
  }

  intro(): void {
    this.#line(this.#paint.bold('The sandbox: the real bot, with stand-ins for Discord and Rivya on this machine.'));
    this.#line(this.#paint.dim('No account, no key, nothing to pay. Starting the bot …'));
  }

  ready(botStartMs: number): void {
    this.#event(`The bot is ready; its own start took ${seconds(botStartMs)}.`);
  }

  help(lines: readonly string[]): void {
    this.#line();
    this.#line(`npm run sandbox -- [options]   without options: an example with two images`);
    for (const line of lines) this.#line(line);
  }

  command({ member, guild }: Stage, { options, pictures }: Wish): void {
    const given = Object.entries(options).map(([name, value]) => `${name}: ${harmless(String(value))}`);
    const images = pictures.map(({ name, bytes }, index) => {
      return `${index === 0 ? 'image' : `image_${index + 1}`}: ${harmless(name)} (${fileSize(bytes.length)})`;
    });
    this.#line();
    this.#event(`${this.#paint.bold(member.name)} in ${guild.name} sends`);
    const [prompt = '', ...others] = given;
    const rows = [prompt, [...others, ...images].join('   ')].filter((row) => row !== '');
    const [first = '', ...rest] = rows.flatMap((row) => wrapped(cut(row, 400), this.#width - margin - 8));
    this.#indented(`${this.#paint.command('/kling')}  ${first}`);
    for (const row of rest) this.#indented(`        ${row}`);
    this.#line();
  }

  reply({ reply, at, film }: Seen): void {
    const facts = film === undefined ? null : filmFacts(film);
    const drawing = { paint: this.#paint, width: this.#width - margin, film: facts };
    const [top = '', ...rest] = messageBox(reply, drawing);
    this.#event(top, at);
    for (const row of rest) this.#indented(row);
  }

  provider(what: string): void {
    const [first = '', ...rest] = wrapped(harmless(`Rivya ${what}`), this.#width - margin);
    this.#event(this.#paint.dim(first));
    for (const row of rest) this.#indented(this.#paint.dim(row));
  }

  done({ path, film, credits }: Result): void {
    const facts = filmFacts(film);
    const about = facts === null ? [] : [`${facts.seconds.toFixed(1)} s`, `${facts.width} × ${facts.height}`];
    this.#line();
    const said = [...about, fileSize(film.length), "the stand-in's own film, whatever the prompt"].join(', ');
    this.#fact('Film', `${this.#paint.good(path)}  (${said})`);
    this.#fact('Cost', `nothing here; at Rivya it would have been ${credits} credits`);
    this.#fact('Next', `your own: ${this.#paint.command(ownCommand)}`);
    this.#fact(
      '',
      `then ${this.#paint.command('npm run rehearse')}: the same in your own Discord server, still for free`,
    );
  }

  noFilm(tasks: number, charged: number): void {
    this.#line();
    this.#fact('Film', this.#paint.bad('none: the bot said why above'));
    const nothing = tasks === 0 ? 'nothing was charged; Rivya was not asked' : `Rivya charged ${charged} credits`;
    this.#fact('Cost', nothing);
  }

  #fact(name: string, text: string): void {
    this.#line(`${this.#paint.bold(name.padEnd(6))}${text}`);
  }

  #event(text: string, at = Date.now()): void {
    const sinceStart = at - performance.timeOrigin;
    this.#line(`${this.#paint.dim(seconds(sinceStart).padStart(margin - 3))}   ${text}`);
  }

  #indented(text: string): void {
    this.#line(' '.repeat(margin) + text);
  }

  #line(text = ''): void {
    this.#stream.write(`${text}\n`);
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length)}…` : text);
