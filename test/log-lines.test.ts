import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

type Node = { readonly type: string; readonly start: number; readonly [field: string]: unknown };

const files = globSync('src/{app,discord,queue}/**/*.ts');

/** Where a task is at hand by these names, a line about it names it, so that its whole life can be read by its id. */
const names = ['task', 'taskId'];
const fields = ['task', 'tasks'];

test('each log line that is written where a task is at hand has the task’s id', () => {
  const found = files.flatMap((file) => lines(readFileSync(file, 'utf8')).map((line) => ({ file, ...line })));

  expect(found.filter(({ isAboutTask }) => isAboutTask).length).toBeGreaterThan(20);
  expect(found.filter(({ isAboutTask, hasTask }) => isAboutTask && !hasTask)).toEqual([]);
});

test.each([
  ["function f(task) { log.info({ task: task.id }, 'a'); }", true, true],
  ["function f(taskId) { log.info({}, 'a'); }", true, false],
  ["function f(post, task) { return g().catch((error) => log.warn({ err: error }, 'a')); }", true, false],
  ["function f(task) { const line = { task: task.id }; log.warn(line, 'a'); }", true, true],
  ["function f({ task }) { log.warn({ code }, 'a'); }", true, false],
  ["function f(error) { log.warn({ err: error }, 'a'); }", false, false],
  ["function f(task) { return task; } log.info({}, 'a');", false, false],
])('%s: about a task %s, named %s', (text, isAboutTask, hasTask) => {
  expect(lines(text)).toMatchObject([{ isAboutTask, hasTask }]);
});

type Line = { readonly line: number; readonly isAboutTask: boolean; readonly hasTask: boolean };

function lines(text: string): Line[] {
  const found: Line[] = [];
  visit(parseAst(text, { lang: 'ts', sourceType: 'module' }) as unknown as Node, false, new Set());
  return found;

  function visit(node: Node, isInside: boolean, naming: ReadonlySet<string>): void {
    const isFunction = /Function/.test(node.type);
    const isNear = isInside || (isFunction && (node.params as Node[]).some((one) => bound(one).some(isName)));
    const said = isFunction ? new Set([...naming, ...namingIn(node)]) : naming;
    const fieldsOf = loggedFields(node);
    if (fieldsOf !== null) {
      const hasTask = keys(fieldsOf).some((key) => fields.includes(key)) || said.has(String(fieldsOf.name));
      found.push({ line: text.slice(0, node.start).split('\n').length, isAboutTask: isNear, hasTask });
    }
    for (const child of children(node)) visit(child, isNear, said);
  }
}

const isName = (name: string) => names.includes(name);

/** What `log.warn(fields, …)` is called with; null: something else. */
function loggedFields(node: Node): Node | null {
  if (node.type !== 'CallExpression') return null;
  const { object, property } = node.callee as { object?: Node; property?: Node };
  const isLog =
    object !== undefined && (object.name === 'log' || (object.property as Node | undefined)?.name === 'log');
  const [first] = node.arguments as Node[];
  const isLevel = ['debug', 'info', 'warn', 'error'].includes(String(property?.name));
  return isLog && isLevel && first !== undefined ? first : null;
}

/** Names that a parameter binds. */
function bound(node: Node): string[] {
  if (node.type === 'Identifier') return [String(node.name)];
  if (node.type === 'ObjectPattern') {
    return (node.properties as Node[]).flatMap((one) => (isNode(one.value) ? bound(one.value) : []));
  }
  return isNode(node.left) ? bound(node.left) : [];
}

/** Variables of a function that hold fields with a task among them. */
function namingIn(node: Node): string[] {
  if (node.type === 'VariableDeclarator' && isNode(node.init)) {
    return keys(node.init).some((key) => fields.includes(key)) ? [String((node.id as Node).name)] : [];
  }
  return children(node).flatMap(namingIn);
}

function keys(node: Node): string[] {
  if (node.type !== 'ObjectExpression') return [];
  return (node.properties as Node[]).map((one) => String((one.key as Node | undefined)?.name));
}

function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
