import { mostReports, type Report, type Reported } from '#src/app/report.ts';
import type { MessageCall } from './calls.ts';
import { languageOf } from './languages.ts';
import { type Body, textBody } from './messages.ts';
import { reportTexts } from './texts/report.ts';

type Ports = {
  report(by: string, message: Reported | null): Promise<Report>;
  /** Says privately what came of it, and does it again while the database is away. */
  tell(call: MessageCall, work: () => Promise<Body>): Promise<void>;
};

/** *Report video*, in the menu of a message: for whoever sees it, its own member too. */
export function makeReportVideo({ report, tell }: Ports) {
  return function reportVideo(call: MessageCall): Promise<void> {
    return tell(call, async () => {
      const outcome = await report(call.userId, call.own);
      return textBody(words(outcome, call.locale));
    });
  };
}

function words(outcome: Report, locale: string): string {
  const text = reportTexts(languageOf(locale));
  if ('reported' in outcome) return text.reported();
  return outcome.refused === 'no-task' ? text.noTask() : text.tooMany({ most: mostReports });
}
