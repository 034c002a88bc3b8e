import { texts } from '../texts.ts';

/** What Discord's command picker shows. Texts of the parameters stand in their table (src/domain/parameters.ts). */
export const commandTexts = texts({
  en: {
    model: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
  },
  'zh-CN': {
    model: '{what}（{name}，{credits, number} 积分）',
  },
  nl: {
    model: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
  },
});
