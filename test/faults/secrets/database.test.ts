import { expect, test } from 'vitest';
import { stormy } from './storm.ts';
import {
  allFinished,
  aPrompt,
  expectTold,
  picture,
  runAndSearch,
  type SecretWorld,
  startSecretWorld,
} from './world.ts';

test('whatever fails in the database, nothing secret is printed, kept in the queue or left in a row', async () => {
  await using world = await startSecretWorld();

  const bot = await runAndSearch(world, failInTheDatabase);

  expectTold(bot, 'command failed', 'answer not stored: left to the sweep', 'job failed');
  expect(bot.output()).toMatch(/23505.*one_prompt/);
  expect(bot.output()).toMatch(/57P01|CONNECTION_CLOSED/);
}, 120_000);

/** Statements that fail with the row in the message, and connections that are cut in the middle of one. */
async function failInTheDatabase(world: SecretWorld): Promise<void> {
  const { database, kling } = world;
  await database.sql.unsafe(stormy);
  const prompt = (word: string) => `${aPrompt()} ${word}`;
  kling({}, prompt('constraint'));
  const twice = prompt('unique');
  kling({}, twice);
  kling({}, twice);
  for (let index = 0; index < 6; index += 1) kling({ attachments: [picture()] }, prompt('raise'));
  for (let index = 0; index < 4; index += 1) kling({ attachments: [picture()] }, prompt('cut'));
  await allFinished(world);
  // What asks the database for the impossible by its very text.
  kling({}, `${aPrompt()}\0\ud800`);
  await allFinished(world);
}
