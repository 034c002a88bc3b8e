import { ApplicationCommandType } from 'discord.js';
import { type Button, type Command, everywhere } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { commandTexts } from '#src/discord/texts/commands.ts';

export const klingHistory = {
  declaration: {
    name: 'kling-history',
    type: ApplicationCommandType.ChatInput,
    description: commandTexts('en').historyDescription(),
    description_localizations: others((language) => commandTexts(language).historyDescription()),
    ...everywhere,
  },
  run: (call, { openHistory }) => openHistory(call),
} as const satisfies Command;

/** To the page before or after the task that the custom id names. */
export const turn = {
  action: 'turn',
  obeys: 'kling-history',
  run: (press, [way = '', taskId = ''], { turnHistory }) => turnHistory(press, way, taskId),
} as const satisfies Button;

/** A choice in the list; the argument is the first task of its page. */
export const choose = {
  action: 'choose',
  obeys: 'kling-history',
  run: (press, [firstId = ''], { chooseInHistory }) => chooseInHistory(press, firstId),
} as const satisfies Button;

export const here = {
  action: 'here',
  obeys: 'kling-history',
  run: (press, [taskId = ''], { showHere }) => showHere(press, taskId),
} as const satisfies Button;
