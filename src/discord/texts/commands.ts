import { texts } from '../texts.ts';

/** What Discord's command picker shows. Texts of the parameters stand in their table (src/domain/parameters.ts). */
export const commandTexts = texts({
  en: {
    modelDescription: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
  },
  'zh-CN': {
    modelDescription: '{what}（{name}，{credits, number} 积分）',
  },
  nl: {
    modelDescription: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
  },
});
