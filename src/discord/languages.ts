import { type Language, languages } from '#src/domain/parameters.ts';

/**
 * The language for one of Discord's locales; English where the bot has none. zh-TW too: the bot has no Traditional
 * Chinese, and Discord itself falls back to the English name of each option there, so that picker and answer agree.
 */
export function languageOf(locale: string): Language {
  return languages.find((language) => language === locale) ?? 'en';
}
