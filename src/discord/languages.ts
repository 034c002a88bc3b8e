import type { Language } from '#src/domain/parameters.ts';

/** The language for one of Discord's locales; English where the bot has none. */
export function languageOf(locale: string): Language {
  return locale === 'zh-CN' || locale === 'nl' ? locale : 'en';
}
