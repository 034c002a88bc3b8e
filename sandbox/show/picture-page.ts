import { drawnReply, type Picture, replyStyle } from './drawn-reply.ts';

/** A page that shows a reply with a film about as Discord's dark theme does. */
export function replyPage(picture: Picture): string {
  return `<!doctype html><meta charset="utf-8"><style>${replyStyle}</style>
${drawnReply(picture)}`;
}
