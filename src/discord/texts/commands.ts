import { texts } from '../texts.ts';

/** What Discord's command picker shows. Texts of the parameters stand in their table (src/domain/parameters.ts). */
export const commandTexts = texts({
  en: {
    modelDescription: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
    privateLabel: 'private',
    privateDescription: 'Only you see the answer, to the end; a video after 15 minutes comes by DM',
  },
  'zh-CN': {
    modelDescription: '{what}（{name}，{credits, number} 积分）',
    privateLabel: '仅自己可见',
    privateDescription: '从头到尾只有你能看到；超过 15 分钟的视频会私信发给你',
  },
  nl: {
    modelDescription: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
    privateLabel: 'privé',
    privateDescription: 'Alleen jij ziet het antwoord, tot het eind; een video na 15 minuten komt in een DM',
  },
});
