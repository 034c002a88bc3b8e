import type { Limits } from '#src/domain/rules.ts';
import { acceptances } from './acceptances.ts';
import { audits } from './acts.ts';
import { alarms } from './alarms.ts';
import { answers } from './answers.ts';
import { attachments } from './attachments.ts';
import { balances } from './balances.ts';
import { closings } from './closings.ts';
import type { Sql } from './database.ts';
import { deletions } from './deletions.ts';
import { drafts } from './drafts.ts';
import { figures } from './figures.ts';
import { grants } from './grants.ts';
import { hashes } from './hashes.ts';
import { history } from './history.ts';
import { inspections } from './inspections.ts';
import { kept } from './kept.ts';
import type { Enqueue, Slots } from './line.ts';
import { memberData } from './member-data.ts';
import { members } from './members.ts';
import { openings } from './openings.ts';
import { posts } from './posts.ts';
import { presses } from './presses.ts';
import { progress } from './progress.ts';
import { quotes } from './quotes.ts';
import { renders } from './renders.ts';
import { reports } from './reports.ts';
import { retention } from './retention.ts';
import { rules } from './rules.ts';
import { statements } from './statements.ts';
import { submissions } from './submissions.ts';
import { wakes } from './wakes.ts';

type Ports = {
  readonly database: { readonly sql: Sql; readonly front: Sql };
  readonly limits: Limits;
  readonly slots: Slots;
  readonly enqueue: Enqueue;
};

/** All that is done to the tables, by noun. */
export function openStore({ database: { sql, front }, limits, slots, enqueue }: Ports) {
  const rendering = renders({ sql });
  const hashesOf = hashes({ sql });
  return {
    acceptAll: acceptances({ sql: front, limits, hashesOf }),
    ...answers({ sql, enqueue, slots }),
    ...balances({ sql, limits, hashesOf }),
    ...drafts({ sql }),
    ...members({ sql }),
    ...memberData({ sql }),
    ...quotes({ sql, limits, hashesOf }),
    ...statements({ sql, limits, hashesOf }),
    ...history({ sql }),
    ...submissions({ sql, enqueue, slots }),
    ...rendering,
    ...closings({ sql, enqueue, slots }),
    ...openings({ sql }),
    ...posts({ sql }),
    ...kept({ sql }),
    ...retention({ sql }),
    ...rules({ sql, enqueue, slots, hashesOf }),
    ...deletions({ sql, limits, hashesOf }),
    ...grants({ sql }),
    ...alarms({ sql }),
    ...audits({ sql }),
    ...reports({ sql }),
    ...progress({ sql, usualMs: rendering.usualMs }),
    ...attachments({ sql }),
    ...inspections({ sql, limits }),
    ...figures({ sql }),
    ...presses({ sql, enqueue }),
    ...wakes({ sql, enqueue, slots }),
  };
}
