import type { Outcome } from '#src/app/request-video.ts';
import type { Model } from '#src/domain/parameters.ts';
import type { ImageRuleBroken } from '#src/domain/request.ts';
import { cut, plain, relative } from './text.ts';

export type Refusal = Extract<Outcome, { refused: string }>;

const nothingCharged = 'Nothing was charged.';

/** What a refusal says to the member: which rule, what is allowed, when it changes. Figures are theirs alone to see. */
export function refusalText(refusal: Refusal, model: Model): string {
  switch (refusal.refused) {
    case 'prompt-empty':
      return `The prompt is empty. It takes 1 to ${model.prompt.maxLength} characters. ${nothingCharged}`;
    case 'prompt-long':
      return `The prompt has ${refusal.length} characters; at most ${refusal.maxLength} are allowed. ${nothingCharged}`;
    case 'setting':
      return `\`${name(refusal.name)}\` takes one of: ${refusal.allowed.map(name).join(', ')}. ${nothingCharged}`;
    case 'unknown-option':
      return `There is no option \`${name(refusal.name)}\`. ${nothingCharged}`;
    case 'too-many-images':
      return `At most ${refusal.maxImages} images can be attached. ${nothingCharged}`;
    case 'image':
      return `${imageText(refusal.image, refusal.rule, model)} ${nothingCharged}`;
    case 'quota':
      return (
        `A video costs ${refusal.cost} credits and you have ${refusal.left} left ` +
        `of ${refusal.quota}. Your allowance renews ${relative(refusal.renewsAt)}.`
      );
    case 'budget':
      return (
        `The whole community has ${refusal.left} credits left in this period and a video costs ${refusal.cost}. ` +
        `The budget renews ${relative(refusal.renewsAt)}. ${nothingCharged}`
      );
    case 'line-full':
      return (
        `You have ${refusal.maxWaiting} videos waiting, which is the most allowed. ` +
        `There is room again as soon as one of them starts. ${nothingCharged}`
      );
    case 'stranger':
      return `This bot is for members of the servers that run it. ${nothingCharged}`;
    case 'membership-unknown':
      return `Discord did not say whether you are a member of a server that runs this bot. Please try again in a moment. ${nothingCharged}`;
    case 'away':
      return `My records cannot be reached right now, so I accepted nothing. Please try again in a minute. ${nothingCharged}`;
    default:
      return refusal satisfies never;
  }
}

/** Names a picture and the rule that it breaks. */
export function imageText(image: string, rule: ImageRuleBroken, model: Model): string {
  const file = `**${plain(cut(image, 80))}**`;
  switch (rule) {
    case 'type':
      return `${file} is not a JPEG, PNG or WebP picture.`;
    case 'size':
      return `${file} is larger than ${model.images.maxBytes / 2 ** 20} MB, the most allowed for a picture.`;
    case 'empty':
      return `${file} is empty.`;
    case 'host':
      return `${file} is not an attachment uploaded to Discord.`;
    case 'truncated':
      return `${file} is damaged or cut short.`;
    case 'unreadable':
      return `${file} can no longer be read from Discord. Please attach it again.`;
    default:
      return rule satisfies never;
  }
}

/** Option names and values come from a raw payload. */
function name(text: string): string {
  return cut(text.replaceAll(/[`\s]/g, ''), 60) || '?';
}
