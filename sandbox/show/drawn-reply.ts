import type { MessageJson } from '../discord/discord.ts';
import { isObject } from '../discord/json.ts';
import { readMarkdown, type Span } from './words.ts';

export type Picture = {
  readonly reply: MessageJson;
  readonly member: string;
  /** A picture of the film, as a data URL. */
  readonly frame: string;
  readonly seconds: number;
  readonly locale?: string;
  /** Discord's own words around a message. */
  readonly words?: Words;
};
type Words = { readonly used: string; readonly today: string; readonly edited: string; readonly onlyYou: string };

const english: Words = {
  used: 'used',
  today: 'Today at',
  edited: '(edited)',
  onlyYou: 'Only you can see this',
};
const ephemeral = 1 << 6;
const linkStyle = 5;

/** A reply to `/kling`, about as Discord's dark theme shows it. */
export function drawnReply({ reply, member, frame, seconds, locale = 'en', words = english }: Picture): string {
  const seenAt = new Date(reply.edited_timestamp ?? reply.timestamp);
  const isPrivate = (reply.flags & ephemeral) !== 0;
  const edited = reply.edited_timestamp === null ? '' : ` <span class="edited">${words.edited}</span>`;
  const lines = readMarkdown(reply.content, seenAt, locale).map(({ isSmall, spans }, index, { length }) => {
    const end = index === length - 1 ? edited : '';
    return `<div class="${isSmall ? 'small' : 'line'}">${spans.map(html).join('')}${end}</div>`;
  });
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
  return `<div class="reply${isPrivate ? ' private' : ''}" lang="${locale}">
<div class="used"><span class="spine"></span><span class="face">${escaped(member.slice(0, 1).toUpperCase())}</span>
  <b>${escaped(member)}</b> ${words.used} <span class="command">/kling</span></div>
<div class="message">
  <div class="avatar">${clapper}</div>
  <div class="body">
    <div class="head"><b>${escaped(String(reply.author.username ?? ''))}</b><span class="app">APP</span>
      <span class="time">${words.today} ${time.format(new Date(reply.timestamp))}</span></div>
    ${lines.join('\n    ')}
    ${reply.attachments.map(() => film(frame, seconds)).join('')}
    ${reply.components.map(buttonRow).join('\n    ')}
    ${isPrivate ? `<div class="only">${eye} ${words.onlyYou}</div>` : ''}
  </div>
</div>
</div>`;
}

const film = (frame: string, seconds: number) => `<div class="film"><img src="${frame}" alt="">
      <div class="start">${triangle(26)}</div>
      <div class="bar">${triangle(15)}<span>0:00 / ${clock(seconds)}</span><i></i>${speaker}${corners}</div>
    </div>`;

function buttonRow({ components }: MessageJson['components'][number]): string {
  const buttons = (Array.isArray(components) ? components : []).filter(isObject).map(({ label, style }) => {
    return `<span class="button">${escaped(String(label ?? ''))}${style === linkStyle ? ` ${away}` : ''}</span>`;
  });
  return `<div class="row">${buttons.join('')}</div>`;
}

const html = ({ text, isBold, isCode }: Span) => {
  const safe = escaped(text);
  return isBold ? `<b>${safe}</b>` : isCode ? `<code>${safe}</code>` : safe;
};

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

const svg = (size: number, inside: string) =>
  `<svg width="${size}" height="${size}" viewBox="0 0 24 24" fill="currentColor">${inside}</svg>`;
const triangle = (size: number) =>
  svg(size, '<path d="M6 3.5v17a1 1 0 0 0 1.5.86l14-8.5a1 1 0 0 0 0-1.72l-14-8.5A1 1 0 0 0 6 3.5z"/>');
const speaker = svg(
  18,
  '<path d="M3 9v6h4l5 4V5L7 9H3z"/><path d="M15.5 8.2a5 5 0 0 1 0 7.6M18 5.5a9 9 0 0 1 0 13" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>',
);
const corners = svg(
  18,
  '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>',
);
const eye = svg(
  14,
  '<path d="M12 5C6.5 5 2.7 9.3 1.5 12c1.2 2.7 5 7 10.5 7s9.3-4.3 10.5-7c-1.2-2.7-5-7-10.5-7zm0 11a4 4 0 1 1 0-8 4 4 0 0 1 0 8z"/>',
);
const away = svg(
  15,
  '<path d="M14 4h6v6M20 4l-9 9M18 14v5H5V6h5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>',
);
const clapper = svg(
  26,
  '<path d="M3.2 7.4 18.9 3.2a.8.8 0 0 1 1 .6l.5 1.9L3.7 10.2zM4 11h16v8.2A1.8 1.8 0 0 1 18.2 21H5.8A1.8 1.8 0 0 1 4 19.2zm6 2.4v5.2l4.6-2.6z" fill-rule="evenodd"/>',
);

/** For a page of replies. */
export const replyStyle = `
  * { box-sizing: border-box; margin: 0 }
  body { background: #313338; color: #dbdee1; font: 16px/1.375 "gg sans", "Noto Sans", "Liberation Sans", Arial, sans-serif; padding: 18px 24px 20px 20px }
  b { font-weight: 600; color: #f2f3f5 }
  .used { position: relative; display: flex; align-items: center; gap: 5px; padding-left: 60px; height: 20px; font-size: 13.5px; color: #b5bac1 }
  .used b { color: #c9cdfb; font-weight: 500 }
  .used .command { color: #a8b4ff; background: #3c4270; border-radius: 3px; padding: 0 4px }
  .spine { position: absolute; left: 20px; top: 9px; width: 36px; height: 14px; border: 2px solid #4e5058; border-right: 0; border-bottom: 0; border-top-left-radius: 7px }
  .face { width: 17px; height: 17px; border-radius: 50%; background: #3ba55d; color: #fff; font-size: 10px; font-weight: 700; display: grid; place-items: center }
  .message { display: flex; gap: 17px; margin-top: 6px }
  .avatar { flex: none; width: 42px; height: 42px; border-radius: 50%; background: linear-gradient(140deg, #f0a06a, #a4506e 55%, #3b2a5c); color: #fff; display: grid; place-items: center }
  .body { min-width: 0; flex: 1 }
  .head { display: flex; align-items: center; gap: 6px; line-height: 22px }
  .app { background: #5865f2; color: #fff; font-size: 10.5px; font-weight: 600; line-height: 15px; padding: 0 5px; border-radius: 4px; letter-spacing: .2px }
  .time { font-size: 12.5px; color: #949ba4; margin-left: 2px }
  .small { font-size: 13.5px; color: #949ba4; margin-top: 1px }
  .edited { white-space: nowrap; font-size: 11px; color: #80848e }
  code { background: #1e1f22; border-radius: 4px; padding: 1px 3px }
  .row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px }
  .button { display: inline-flex; align-items: center; gap: 6px; height: 32px; padding: 0 14px; border-radius: 8px; background: #4e5058; color: #fff; font-size: 14px; font-weight: 500 }
  .only { display: flex; align-items: center; gap: 5px; margin-top: 6px; font-size: 12.5px; color: #949ba4 }
  .private { background: #3c4270; background: color-mix(in srgb, #5865f2 10%, #313338) }
  .film { position: relative; max-width: 500px; margin-top: 8px; border-radius: 9px; overflow: hidden; line-height: 0 }
  .film img { width: 100% }
  .start { position: absolute; inset: 0; margin: auto; width: 54px; height: 54px; top: -16px; border-radius: 50%; background: #000000a6; color: #fff; display: grid; place-items: center; padding-left: 2px }
  .bar { position: absolute; left: 0; right: 0; bottom: 0; height: 40px; padding: 8px 12px 0; display: flex; align-items: center; gap: 10px; color: #fff; background: linear-gradient(transparent, #000000b3); font-size: 12.5px; line-height: 1 }
  .bar i { flex: 1; height: 4px; border-radius: 2px; background: #ffffff59 }
`;
