import { texts } from '../texts.ts';

/** What stands in modals, beside the parameter table's own labels. */
export const modalTexts = texts({
  en: {
    kept: 'Kept as it is: {names}.',
    switchesLabel: 'Also',
  },
  'zh-CN': {
    kept: '保持不变：{names}。',
    switchesLabel: '其他选项',
  },
  nl: {
    kept: 'Blijft zoals het is: {names}.',
    switchesLabel: 'Verder',
  },
});
