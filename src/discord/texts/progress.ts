import { texts } from '../texts.ts';

/** Where a task stands, in the small print of its reply. `since` and `at` are `<t:…>`. */
export const progressTexts = texts({
  en: {
    next: 'next in line',
    place: 'number {place, number} in line',
    about: 'about number {place, number} in line',
    rendering: 'started {since}, too late to cancel',
    expected: 'expected {at}',
    longer: 'takes longer than usual',
  },
  'zh-CN': {
    next: '排队中，下一个就轮到它',
    place: '排队中，第 {place, number} 位',
    about: '排队中，约第 {place, number} 位',
    rendering: '{since}开始制作，已无法取消',
    expected: '预计{at}完成',
    longer: '比平时要久',
  },
  nl: {
    next: 'als volgende aan de beurt',
    place: 'nummer {place, number} in de wachtrij',
    about: 'ongeveer nummer {place, number} in de wachtrij',
    rendering: '{since} begonnen, annuleren kan niet meer',
    expected: 'verwacht {at}',
    longer: 'duurt langer dan gewoonlijk',
  },
});
