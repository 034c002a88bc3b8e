import { expect, test } from 'vitest';
import { makeComplain } from '#src/queue/complaints.ts';

function begin() {
  const lines: string[] = [];
  const note = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify({ ...fields, err: undefined })}`);
  let now = 0;
  const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  return {
    lines,
    complain: makeComplain(log, () => now),
    pass(ms: number) {
      now += ms;
    },
  };
}

const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });

test('a failure that goes on is told once a minute', () => {
  const { complain, lines, pass } = begin();

  for (let times = 0; times < 3; times += 1) complain(away, 'step failed', { step: 'poll' });
  pass(59_999);
  complain(away, 'step failed', { step: 'poll' });
  pass(1);
  complain(away, 'step failed', { step: 'poll' });

  const warning = 'warn step failed {"code":"ECONNREFUSED","step":"poll"}';
  const silent = 'debug step failed {"step":"poll"}';
  expect(lines).toEqual([warning, silent, silent, silent, warning]);
});

test('another step, another code and another message are news', () => {
  const { complain, lines } = begin();

  complain(away, 'step failed', { step: 'poll' });
  complain(away, 'step failed', { step: 'wake' });
  complain(Object.assign(new Error('x'), { code: '53300' }), 'step failed', { step: 'poll' });
  complain(new Error('a bug'), 'step failed', { step: 'poll' });
  complain('no error at all', 'queue');

  expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'warn', 'warn', 'warn', 'warn']);
});
