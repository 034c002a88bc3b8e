import { describe, expect, test } from 'vitest';
import { ProviderError } from '#src/domain/provider.ts';
import { StartFault } from '#src/domain/start-fault.ts';
import { explainFailedStart, step } from '#src/start-report.ts';

const secret = 'postgres://bot:hunter2@db/kling';

describe('why a start failed', () => {
  test.each([
    ['any error', new Error(secret)],
    ['one with a code', Object.assign(new Error(secret), { code: 'ENOENT', path: secret, input: secret })],
    ['one of a statement', Object.assign(new Error(secret), { query: secret, parameters: [secret], detail: secret })],
    ['one with a cause', new Error('x', { cause: new Error(secret) })],
    ['no error', secret],
    ['a fault with a cause', new StartFault('The database does not answer.', { cause: new Error(secret) })],
    [
      'a provider in trouble',
      new ProviderError('GET x', { code: 'c', status: 401, surelyNotTaken: true, said: secret }),
    ],
  ])('%s is told without its words', (_, error) => {
    expect(explainFailedStart(error)).not.toContain('hunter2');
    expect(explainFailedStart(error)).not.toBe('');
  });

  test('what explains itself is told as it is, and nothing beside', () => {
    expect(explainFailedStart(new StartFault('Use another folder.'))).toBe('Use another folder.');
  });
});

test('a step puts its sentence on what goes wrong in it, once', async () => {
  const inner = step('Inner.', Promise.reject(new Error(secret)));

  await expect(step('Outer.', inner)).rejects.toMatchObject({ name: 'StartFault', message: 'Inner.' });
});
