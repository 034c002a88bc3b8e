import type { AllowedMentions } from './message.ts';

type Kind = 'users' | 'roles' | 'everyone';

/** Who would be pinged by this text. Without `allowed_mentions` Discord lets `byDefault` through. */
export function pings(text: string, allowed: AllowedMentions | null | undefined, byDefault: readonly Kind[]): string[] {
  const parse = allowed === null || allowed === undefined ? byDefault : (allowed.parse ?? []);
  const users = [...text.matchAll(/<@!?(\d+)>/g)].flatMap(([, id]) => (id === undefined ? [] : [id]));
  const roles = [...text.matchAll(/<@&(\d+)>/g)].flatMap(([, id]) => (id === undefined ? [] : [id]));
  const everyone = /@(everyone|here)\b/.exec(text)?.[0];
  return [
    ...users.filter((id) => parse.includes('users') || allowed?.users?.includes(id) === true),
    ...roles.filter((id) => parse.includes('roles') || allowed?.roles?.includes(id) === true),
    ...(everyone !== undefined && parse.includes('everyone') ? [everyone] : []),
  ];
}
