import { texts } from '../texts.ts';

/** Where a task stands, in the small print of its reply. `since` and `at` are `<t:…>`. */
export const progressTexts = texts({
  en: {
    next: 'next in line',
    place: 'number {place, number} in line',
    about: 'about number {place, number} in line',
    rendering: 'being made, begun {since}; it cannot be stopped any more',
    expected: 'expected {at}',
    longer: 'takes longer than usual',
  },
  'zh-CN': {
    next: '排队中，下一个就是',
    place: '排队中，第 {place, number} 位',
    about: '排队中，约第 {place, number} 位',
    rendering: '{since}开始制作，已无法停止',
    expected: '预计 {at}完成',
    longer: '比平时要久',
  },
  nl: {
    next: 'als volgende aan de beurt',
    place: 'nummer {place, number} in de wachtrij',
    about: 'ongeveer nummer {place, number} in de wachtrij',
    rendering: 'wordt gemaakt, {since} begonnen; stoppen kan niet meer',
    expected: 'verwacht {at}',
    longer: 'duurt langer dan gewoonlijk',
  },
});
