import { type Asker, guildOf } from '#src/domain/rules.ts';
import type { Statement } from '#src/domain/statement.ts';
import type { Reply } from '#src/domain/task.ts';
import type { Access, AccessRefusal } from './access.ts';

type Member = { readonly userId: string; readonly roles: readonly string[]; readonly reply: Reply };

type Ports = {
  access(userId: string, guildId: string | null): Promise<Access | AccessRefusal>;
  readStatement(asker: Asker): Promise<Statement>;
};

/** What a member has where they ask, as the next `/kling` there would find it. */
export function makeReadCredits({ access, readStatement }: Ports) {
  return async function readCredits({ userId, roles, reply }: Member): Promise<Statement | AccessRefusal> {
    const allowed = await access(userId, reply.guildId);
    if ('refused' in allowed) return allowed;
    return readStatement({ userId, roles, guildId: guildOf(reply), hasAllowance: allowed.hasAllowance });
  };
}
