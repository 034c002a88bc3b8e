import { makeWatchAccount } from '#src/app/account.ts';
import { kling as model } from '#src/domain/parameters.ts';
import { startClock } from '#src/queue/clock.ts';
import type { Parts } from './parts.ts';

/** The watch over the account that pays, from now to the end. */
export function openAccount({
  config,
  log,
  lifetime,
  store,
  rivya,
}: Pick<Parts, 'config' | 'log' | 'lifetime' | 'store' | 'rivya'>) {
  const { keyName, balance, isKeyRefused } = rivya;
  const watch = makeWatchAccount({
    ...store,
    log,
    keyName,
    least: config.balanceAlarm,
    price: model.baseCredits,
    balance,
    isKeyRefused,
  });
  const clock = startClock([{ name: 'account', everyMs: 1_000, run: watch.step }], log);
  lifetime.add('account', () => clock.stop());
  return watch;
}
