import type { z } from 'zod';
import { type FormProblem, invalidForm } from '../refusal.ts';

/** The value as the schema reads it, or Discord's 50035 with the path of each problem. */
export function parseForm<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidForm(parsed.error.issues.flatMap((issue) => toProblems(issue)));
}

function toProblems(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): FormProblem[] {
  const path = [...above, ...issue.path];
  const problem = (code: string, message: string) => [{ path, code, message }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        code: 'UNKNOWN_PROPERTY',
        message: 'This property is not known here.',
      }));
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? problem('BASE_TYPE_REQUIRED', 'This field is required')
        : problem(typeCodes.get(issue.expected) ?? 'BASE_TYPE_INVALID', `Value is not ${issue.expected}.`);
    case 'too_big':
      return problem(
        issue.origin === 'number' ? 'NUMBER_TYPE_MAX' : 'BASE_TYPE_MAX_LENGTH',
        `Must be ${issue.maximum} or fewer${issue.origin === 'number' ? '' : ' in length'}.`,
      );
    case 'too_small':
      return problem(
        issue.origin === 'number' ? 'NUMBER_TYPE_MIN' : 'BASE_TYPE_MIN_LENGTH',
        `Must be ${issue.minimum} or more${issue.origin === 'number' ? '' : ' in length'}.`,
      );
    case 'invalid_value':
      return problem('BASE_TYPE_CHOICES', `Value must be one of {${issue.values.map(String).join(', ')}}.`);
    case 'invalid_union':
      return issue.errors.length === 0
        ? problem('UNION_TYPE_CHOICES', 'Value of field "type" must be one of the known types.')
        : issue.errors.flatMap((branch) => branch.flatMap((inner) => toProblems(inner, path)));
    default:
      return problem('BASE_TYPE_INVALID', issue.message);
  }
}

const typeCodes = new Map([
  ['object', 'MODEL_TYPE_CONVERT'],
  ['array', 'LIST_TYPE_CONVERT'],
  ['record', 'DICT_TYPE_CONVERT'],
  ['string', 'STRING_TYPE_CONVERT'],
  ['boolean', 'BOOLEAN_TYPE_CONVERT'],
  ['number', 'NUMBER_TYPE_COERCE'],
  ['int', 'NUMBER_TYPE_COERCE'],
]);
