import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Given, readArguments } from './show/arguments.ts';
import { BotEnded, root } from './show/bot.ts';
import { example } from './show/example.ts';
import { BadArgument } from './show/flags.ts';
import { Interrupted, interruption } from './show/interruption.ts';
import { describeOptions } from './show/options.ts';
import { type Ended, play } from './show/play.ts';
import { Screen } from './show/screen.ts';
import { onStage, type Stage } from './show/stage.ts';

/** `npm run sandbox`: the whole bot on this machine, once. Exit code 0: a film; 1: none; 2: a bad argument. */
async function main(args: readonly string[]): Promise<number> {
  const screen = new Screen(process.stdout);
  const signal = interruption();
  try {
    const given = readArguments(args, foldersOfCaller());
    screen.intro();
    return await onStage(signal, (stage) => perform(stage, given, screen, signal));
  } catch (error) {
    if (error instanceof BadArgument) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    process.stderr.write(`${error instanceof Interrupted ? 'Stopped; nothing is left running.' : explain(error)}\n`);
    return error instanceof Interrupted ? 130 : 1;
  }
}

async function perform(stage: Stage, given: Given, screen: Screen, signal: AbortSignal): Promise<number> {
  const registered = stage.discord.commands.find('kling');
  const options = registered !== undefined && 'options' in registered.command ? (registered.command.options ?? []) : [];
  if (given.wantsHelp) {
    screen.help(describeOptions(options));
    return 0;
  }
  const wish = given.wish(options) ?? example;
  screen.ready(stage.botStartMs);
  screen.command(stage, wish);
  const ended = await play(stage, wish, {
    signal,
    onReply: (seen) => screen.reply(seen),
    onProvider: (what) => screen.provider(what),
  });
  const objections = [...stage.discord.violations, ...stage.rivya.violations];
  if (objections.length > 0) throw new Error(`The stand-ins object to what the bot did:\n${objections.join('\n')}`);
  return conclude(ended, stage, given, screen);
}

function conclude(ended: Ended, { rivya }: Stage, given: Given, screen: Screen): number {
  if (ended.film === null) {
    const charged = rivya.tasks.reduce((sum, task) => sum + (task.charged ?? 0), 0);
    screen.noFilm(rivya.tasks.length, charged);
    return 1;
  }
  const path = given.output ?? join(root, 'sandbox-output', ended.name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, ended.film);
  const near = relative(process.cwd(), path);
  screen.done({ ...ended, path: near.startsWith('..') ? path : near });
  return 0;
}

function explain(error: unknown): string {
  if (error instanceof BotEnded) return `The bot did not stay up. It says:\n${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** npm runs scripts in the project's folder; paths are meant from where it was called. */
function foldersOfCaller(): string[] {
  const { npm_lifecycle_event: script, INIT_CWD: caller } = process.env;
  return script === 'sandbox' && caller !== undefined ? [caller, process.cwd()] : [process.cwd()];
}

process.exitCode = await main(process.argv.slice(2));
