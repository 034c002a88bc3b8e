import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isObject, type JsonObject } from './json.ts';
import { invalidForm } from './refusal.ts';

// Discord's official OpenAPI 3.1 description (discord/discord-api-spec), where it lies beside the checkout.
const description = fileURLToPath(new URL('../../../shared/discord-openapi.json', import.meta.url));

/** Throws 50035 where a body is not as Discord's description has it. */
export type OfficialCheck = (route: string, method: string, body: unknown) => void;

export const hasOfficialDescription = (): boolean => existsSync(description);

/** Without the description, or unwanted: a check that lets everything pass. Schemas are compiled on first use. */
export function officialChecks(isWanted: boolean): OfficialCheck {
  if (!isWanted || !hasOfficialDescription()) return () => undefined;
  // Compiling takes a third of a second: done while the bot still starts, not while it answers.
  setImmediate(() => validator('/interactions/{interaction_id}/{interaction_token}/callback', 'post'));
  return (route, method, body) => {
    const validate = validator(route, method);
    if (validate(body)) return;
    const errors = (validate.errors ?? []).slice(0, 8);
    throw invalidForm(
      errors.map(({ instancePath, message, keyword }) => ({
        path: instancePath.split('/').slice(1),
        code: `OFFICIAL_DESCRIPTION_${keyword.toUpperCase()}`,
        message: message ?? 'is not as described',
      })),
    );
  };
}

// One document, one process: every stand-in of the process shares what was compiled.
const compiled = new Map<string, ValidateFunction>();
let loaded: Ajv2020 | undefined;

function validator(route: string, method: string): ValidateFunction {
  const key = `${method} ${route}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  loaded ??= load();
  const body = `discord#/paths/${pointer(route)}/${method}/requestBody`;
  const validate = loaded.compile({ $ref: `${body}/content/${pointer('application/json')}/schema` });
  compiled.set(key, validate);
  return validate;
}

function load(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: false,
    validateFormats: false,
    validateSchema: false,
    logger: false,
  });
  const document: unknown = JSON.parse(readFileSync(description, 'utf8'));
  if (!isObject(document)) throw new Error('the description of the Discord API is no object');
  ajv.addSchema(corrected(document), 'discord');
  return ajv;
}

// The description wants permissions as an integer; Discord takes, and documents, a string.
function corrected(document: JsonObject): JsonObject {
  for (const name of ['ApplicationCommandCreateRequest', 'ApplicationCommandUpdateRequest']) {
    const properties = ['components', 'schemas', name, 'properties'].reduce<JsonObject>(child, document);
    properties.default_member_permissions = { type: ['string', 'null'], pattern: '^[0-9]+$' };
  }
  return document;
}

function child(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  if (!isObject(value)) throw new Error(`the description of the Discord API has no ${key}`);
  return value;
}

const pointer = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
