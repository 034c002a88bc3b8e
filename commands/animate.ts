import { ApplicationCommandType } from 'discord.js';
import { everywhere, type MessageCommand, type Modal } from '#src/discord/command.ts';
import { others } from '#src/discord/options.ts';
import { animateTexts } from '#src/discord/texts/animate.ts';

/** In the menu of any message. */
export const animate = {
  declaration: {
    name: animateTexts('en').name(),
    type: ApplicationCommandType.Message,
    name_localizations: others((language) => animateTexts(language).name()),
    ...everywhere,
  },
  run: (call, { openAnimate }) => openAnimate(call),
} as const satisfies MessageCommand;

/** The argument is the row that the images lie in. */
export const sendAnimate = {
  action: 'animate',
  obeys: animate.declaration.name,
  run: (form, [openingId = ''], hands) => hands.sendAnimate(form, openingId),
} as const satisfies Modal;
