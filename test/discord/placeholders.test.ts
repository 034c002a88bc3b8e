import { expectTypeOf, test } from 'vitest';
import type { Values } from '#src/discord/placeholders.ts';
import { texts } from '#src/discord/texts.ts';

test('the compiler reads the values of a message from its text', () => {
  expectTypeOf<keyof Values<'Plain words.'>>().toEqualTypeOf<never>();
  expectTypeOf<Values<'{file} of {max, number} MB'>>().toEqualTypeOf<Readonly<{ file: string; max: number }>>();
  expectTypeOf<Values<'{n, number, ::compact-short} of {x}'>>().toEqualTypeOf<Readonly<{ n: number; x: string }>>();
});

test('the compiler reads the values inside plurals and selects, and takes their words for none', () => {
  expectTypeOf<Values<'{n, plural, =0 {none, really} one {credit} other {# of {who}}}, {rest}'>>().toEqualTypeOf<
    Readonly<{ n: number; who: string; rest: string }>
  >();
  expectTypeOf<Values<'{k, select, a {{n, plural, one {x} other {# {q}}}} other {}} {z}'>>().toEqualTypeOf<
    Readonly<{ k: string; n: number; q: string; z: string }>
  >();
});

test('a text that is missing, surplus or takes other values is a type error, and so is a wrong value', () => {
  const en = { hello: 'Hello {who}', cost: '{n, plural, one {# credit} other {# credits}}' } as const;
  const nl = { hello: 'Hallo {who}', cost: '{n, plural, one {# credit} other {# credits}}' } as const;
  const zh = { hello: '{who}你好', cost: '{n, number} 积分' } as const;
  const said = texts({ en, nl, 'zh-CN': zh })('nl');

  expectTypeOf(said.hello).parameters.toEqualTypeOf<[Readonly<{ who: string }>]>();
  expectTypeOf(said.cost).parameters.toEqualTypeOf<[Readonly<{ n: number }>]>();
  // @ts-expect-error: no Chinese at all
  texts({ en, nl });
  // @ts-expect-error: a text is missing
  texts({ en, nl, 'zh-CN': { hello: zh.hello } });
  // @ts-expect-error: a text that the English does not have
  texts({ en, nl, 'zh-CN': { ...zh, bye: '再见' } });
  // @ts-expect-error: another name
  texts({ en, nl, 'zh-CN': { ...zh, hello: '{name}你好' } });
  // @ts-expect-error: a value too few
  texts({ en, nl, 'zh-CN': { ...zh, hello: '你好' } });
  // @ts-expect-error: words where the English counts
  texts({ en, nl, 'zh-CN': { ...zh, cost: '{n} 积分' } });
});
