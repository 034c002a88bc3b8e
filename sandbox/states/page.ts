import { drawnReply, replyStyle } from '../show/drawn-reply.ts';
import type { Reply } from './act.ts';

/** As wide as a phone. */
const columnWidth = 390;
const gap = 12;

type Film = { readonly frame: string; readonly seconds: number };

export const pageWidth = (columns: number) => columns * columnWidth + (columns + 1) * gap;

/** A page with replies side by side. */
export function sideBySide(replies: readonly Reply[], film: Film): string {
  const columns = replies.map(({ speaker, message }) => {
    const { locale, member, discord: words } = speaker;
    return drawnReply({ reply: message, member, locale, words, ...film });
  });
  return `<!doctype html><meta charset="utf-8"><style>${replyStyle}${style}</style><main>${columns.join('\n')}</main>`;
}

const style = `
  body { background: #1e1f22; padding: ${gap}px; width: fit-content }
  main { display: flex; align-items: stretch; gap: ${gap}px }
  .reply { width: ${columnWidth}px; padding: 12px 14px 16px; border-radius: 10px; overflow-wrap: anywhere }
  .reply:not(.private) { background: #313338 }
  .message { gap: 13px }
  .used { padding-left: 55px }
  :lang(zh-CN) { font-family: "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif }
`;
