import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '#src/store/database.ts';
import { serverUrl } from '#src/store/embedded/attachment.ts';
import { readPostmaster } from '#src/store/embedded/postmaster.ts';
import { eventually } from '#test/eventually.ts';
import { temporaryFolder } from '#test/temporary.ts';
import { stormy } from './storm.ts';
import { aPrompt, fastForward, picture, startSecretWorld } from './world.ts';

test.each(['thrown', 'rejected'])('an error that nobody catches (%s) is printed without a secret', async (how) => {
  await using world = await startSecretWorld();
  const error = `Object.assign(new Error(Object.values(process.env).join()), { detail: process.env.DISCORD_TOKEN })`;
  const fail = how === 'thrown' ? `throw ${error}` : `Promise.reject(${error})`;
  const preloaded = `process.on('SIGUSR2', () => { ${fail} })`;
  const bot = await world.boot({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preloaded)}` });

  expect(await bot.kill('SIGUSR2')).toBe(1);

  await eventually(() => bot.output().includes('"fatal"'), 'the last line');
  expect(world.secrets.findIn(bot.output())).toEqual([]);
});

test('with the embedded server, neither its log nor what anyone reads of a process holds a secret', async () => {
  await using world = await startSecretWorld();
  await using folder = await temporaryFolder();
  const bot = await world.boot({ DATABASE_URL: '', DATA_DIR: folder.path });
  const { socketFolder, pid } =
    (await readPostmaster(join(folder.path, 'postgres'))) ?? expect.unreachable('no server');
  await using database = openDatabase(serverUrl(socketFolder, 'kling'), { max: 2 });
  await database.sql.unsafe(stormy);
  const time = fastForward(database);
  world.kling({}, `${aPrompt()} constraint`);
  await world
    .kling({ attachments: [picture()] }, `${aPrompt()} raise`)
    .waitFor(({ attachments }) => attachments.length > 0, 90_000);
  await world.answered();
  await time.stop();

  const log = await readFile(join(folder.path, 'postgres.log'), 'utf8');
  const seen = process.platform === 'linux' ? await readProcesses(bot.pid, pid) : '';

  expect(world.secrets.findIn(log)).toEqual([]);
  expect(world.secrets.findIn(seen)).toEqual([]);
  expect(world.secrets.findIn(bot.output())).toEqual([]);
  expect(await bot.kill('SIGTERM')).toBe(0);
}, 180_000);

/** The command lines of both and of the server's own processes, and the server's environment (the bot's holds its secrets). */
async function readProcesses(bot: number, server: number): Promise<string> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = (name: string, file: string) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '');
  const parents = await Promise.all(names.map((name) => read(name, 'stat')));
  const children = names.filter((_, index) => Number(parents[index]?.split(') ')[1]?.split(' ')[1]) === server);
  const own = await Promise.all([bot, server, ...children].map((name) => read(String(name), 'cmdline')));
  const given = await Promise.all([server, ...children].map((name) => read(String(name), 'environ')));
  expect(own[0]).toContain('main.ts');
  expect(children.length).toBeGreaterThan(0);
  return [...own, ...given].join('\n');
}
