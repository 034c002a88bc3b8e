import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

/** Which rooms a room may open besides itself; a room that is not listed does not exist. */
const arrows: Record<string, readonly string[]> = {
  'src/domain': [],
  'src/app': ['src/domain'],
  'src/store': ['src/domain'],
  'src/queue': ['src/domain'],
  'src/rivya': ['src/domain'],
  'src/discord': ['src/app', 'src/domain'],
  'src/http': ['src/app'],
  'src/config.ts': ['src/domain'],
  commands: ['src/discord', 'src/app', 'src/domain'],
  sandbox: [],
  // The composition root: main.ts and what lies beside it. Nobody opens it.
  src: [
    ...['src/domain', 'src/app', 'src/store', 'src/queue', 'src/rivya', 'src/discord', 'src/http', 'src/config.ts'],
    'commands',
  ],
};

/** Packages whose values, types aside, belong to some rooms: what crosses between store and queue is a type. */
const owned: Record<string, readonly string[]> = {
  postgres: ['src/store', 'src/queue'],
  'pg-boss': ['src/queue'],
  'drizzle-orm': ['src/store'],
  'prom-client': ['src/http'],
};

const aliases: Record<string, string> = {
  '#src': 'src',
  '#commands': 'commands',
  '#sandbox': 'sandbox',
  '#test': 'test/support',
};
const longest = 250;

const files = globSync(['src/**/*.ts', 'commands/**/*.ts', 'sandbox/**/*.ts']);

describe('the house', () => {
  test('every import follows an arrow', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => wrongImports(file, readFileSync(file, 'utf8')))).toEqual([]);
  });

  test('only config reads the environment', () => {
    const readers = files.filter(
      (file) => /^(src|commands)\//.test(file) && readsEnvironment(readFileSync(file, 'utf8')),
    );

    expect(readers.filter((file) => file !== 'src/config.ts')).toEqual([]);
  });

  test(`no file of src and commands is longer than ${longest} lines`, () => {
    const lines = (file: string) => readFileSync(file, 'utf8').split('\n').length - 1;

    expect(files.filter((file) => !file.startsWith('sandbox/') && lines(file) > longest)).toEqual([]);
  });
});

describe('the watch itself', () => {
  test.each([
    ['src/domain/a.ts', "import { b } from '#src/app/b.ts';"],
    ['src/domain/a.ts', "import type { B } from '#src/store/b.ts';"],
    ['src/app/a.ts', "export { b } from '#src/discord/b.ts';"],
    ['src/app/a.ts', "export * from '#src/store/b.ts';"],
    ['src/store/a.ts', "const b = await import('#src/queue/b.ts');"],
    ['src/store/embedded/a.ts', "import '../../rivya/b.ts';"],
    ['src/queue/a.ts', "let b: import('#src/store/b.ts').B;"],
    ['src/rivya/a.ts', 'await import(`#src/discord/b.ts`);'],
    ['src/discord/a.ts', "import { b } from '#src/rivya/b.ts';"],
    ['src/discord/a.ts', "import { b } from '#commands/b.ts';"],
    ['src/http/a.ts', "import { b } from '#src/store/b.ts';"],
    ['src/config.ts', "import { b } from '#src/app/b.ts';"],
    ['commands/a.ts', "import { b } from '#src/store/b.ts';"],
    ['sandbox/a.ts', "import { b } from '#src/domain/b.ts';"],
    ['sandbox/a.ts', "import { b } from '../commands/b.ts';"],
    ['src/main.ts', "import { b } from '#sandbox/b.ts';"],
    ['src/main.ts', "import { b } from '../bench/b.ts';"],
    ['src/app/a.ts', "import { b } from '#test/b.ts';"],
    ['src/helpers/a.ts', 'export const a = 1;'],
    ['src/app/a.ts', "import { b } from '#src/log.ts';"],
    ['src/app/a.ts', "import { b } from '#src/config.ts';"],
    ['src/log.ts', "import { b } from './app/b.ts';"],
    ['src/app/a.ts', "import { b } from '../domain/b.ts';"],
    ['src/app/a.ts', "import { b } from '#src/app/b.ts';"],
    ['src/app/a.ts', "import postgres from 'postgres';"],
    ['src/store/a.ts', "import { PgBoss } from 'pg-boss';"],
    ['src/queue/a.ts', "const { migrate } = await import('drizzle-orm/postgres-js/migrator');"],
    ['src/app/a.ts', 'const b = await import(somewhere);'],
  ])('%s: %s is caught', (file, text) => {
    expect(wrongImports(file, text)).toHaveLength(1);
  });

  test.each([
    ['src/app/a.ts', "import type { TransactionSql } from 'postgres';"],
    ['src/app/a.ts', "import { type TransactionSql } from 'postgres';"],
    ['src/app/a.ts', "let tx: import('postgres').TransactionSql;"],
    ['src/discord/a.ts', "import { b } from '#src/domain/b.ts'; import { c } from './c.ts'; import 'node:fs';"],
    ['src/main.ts', "import { commands } from '#commands/index.ts'; import { c } from './config.ts';"],
    ['src/domain/a.ts', "// import { b } from '#src/app/b.ts';\nconst text = \"import '#src/app/b.ts'\";"],
  ])('%s: %s is allowed', (file, text) => {
    expect(wrongImports(file, text)).toEqual([]);
  });

  test.each([
    ['const a = process.env.A;', true],
    ["const a = process['env'];", true],
    ['const config = readConfig(process.env);', false],
    ['const config = readDatabaseConfig(process.env);', false],
    ['const config = readConfig(process.env.A);', true],
    ['const { env } = process;', true],
    ['const a = globalThis.process.env;', true],
    ["import { env } from 'node:process';", true],
    ["import process from 'node:process';", true],
    ['const a = process.uptime(); const env = { env: 1 }.env;', false],
    ['// process.env', false],
  ])('%s reads the environment: %s', (text, reads) => {
    expect(readsEnvironment(text)).toBe(reads);
  });
});

type Node = { readonly type: string; readonly [field: string]: unknown };
type Opening = { readonly name: string | null; readonly isType: boolean };

function wrongImports(file: string, text: string): string[] {
  const room = roomOf(file);
  if (!(room in arrows)) return [`${file}: ${room} is no room of the house`];
  return openings(text).flatMap((opening) => {
    const wrong = complaint(file, room, opening);
    return wrong ? [`${file}: ${opening.name ?? 'import(…)'} ${wrong}`] : [];
  });
}

function complaint(file: string, room: string, { name, isType }: Opening): string | null {
  if (name === null) return 'is known only when it runs';
  const target = fileOf(file, name);
  if (!target) return !isType && owned[packageOf(name)]?.includes(room) === false ? 'belongs to another room' : null;

  const opened = roomOf(target);
  const isInside = opened === room;
  if (!isInside && !arrows[room]?.includes(opened)) return `opens ${opened}`;
  const isRelative = name.startsWith('.');
  if (isInside && !isRelative) return 'is inside the room: relative, please';
  // Config is a room of one file beside main.ts.
  const isBeside = posix.dirname(file) === posix.dirname(target);
  if (!isInside && isRelative && !isBeside) return 'leaves the room: by #, please';
  return null;
}

function roomOf(file: string): string {
  const [first = '', second, third] = file.split('/');
  if (first !== 'src' || file === 'src/config.ts') return first === 'src' ? file : first;
  return third === undefined ? first : `${first}/${second}`;
}

/** The file in this repository that an import names, null for a package. */
function fileOf(importer: string, name: string): string | null {
  if (name.startsWith('.')) return posix.join(posix.dirname(importer), name);
  const [alias = '', ...rest] = name.split('/');
  return alias in aliases ? posix.join(aliases[alias] ?? '', ...rest) : null;
}

function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

function openings(text: string): Opening[] {
  return nodesOf(text).flatMap((node): Opening[] => {
    switch (node.type) {
      case 'ImportDeclaration':
        return [{ name: literal(node.source), isType: node.importKind === 'type' || onlyTypes(node.specifiers) }];
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        return isNode(node.source) ? [{ name: literal(node.source), isType: node.exportKind === 'type' }] : [];
      case 'ImportExpression':
        return [{ name: literal(node.source), isType: false }];
      case 'TSImportType':
        return [{ name: literal(node.source ?? node.argument), isType: true }];
      default:
        return [];
    }
  });
}

function onlyTypes(specifiers: unknown): boolean {
  return (
    Array.isArray(specifiers) && specifiers.length > 0 && specifiers.every(({ importKind }) => importKind === 'type')
  );
}

const readers = ['readConfig', 'readDatabaseConfig'];

/** Handing the whole to a reader of config is what the programs are there for. */
function readsEnvironment(text: string): boolean {
  const nodes = nodesOf(text);
  const handedOver = nodes.flatMap((node) =>
    node.type === 'CallExpression' && readers.includes(nameOf(node.callee) ?? '') && Array.isArray(node.arguments)
      ? node.arguments
      : [],
  );
  return nodes.some((node) => {
    if (handedOver.includes(node)) return false;
    if (node.type === 'MemberExpression') return nameOf(node.property) === 'env' && nameOf(node.object) === 'process';
    if (node.type === 'VariableDeclarator')
      return isNode(node.id) && node.id.type === 'ObjectPattern' && nameOf(node.init) === 'process';
    return node.type === 'ImportDeclaration' && /^(node:)?process$/.test(literal(node.source) ?? '');
  });
}

/** `process` of `process` and of `globalThis.process`; `env` of `.env` and of `['env']`. */
function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'MemberExpression') return nameOf(node.property);
  return node.type === 'Identifier' ? String(node.name) : literal(node);
}

function literal(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'TSLiteralType') return literal(node.literal);
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  const [only, ...others] = node.type === 'TemplateLiteral' && Array.isArray(node.quasis) ? node.quasis : [];
  return only && others.length === 0 ? only.value.cooked : null;
}

function nodesOf(text: string): Node[] {
  return descend(parseAst(text, { lang: 'ts', sourceType: 'module' }));
}

function descend(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(descend);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(descend)];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
