import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';

const Names = z.record(z.string(), z.string()).default({});
const Package = z.object({ dependencies: Names, devDependencies: Names, optionalDependencies: Names });

test('docs/reliability.md says of each dependency what it is for, and of no other package', async () => {
  const declared = Package.parse(JSON.parse(await readFile('package.json', 'utf8')));
  const [, table = ''] = (await readFile('docs/reliability.md', 'utf8')).split('## Dependencies');

  const rows = table.split('\n').flatMap((line) => /^\| (`.+`) \| (\S.*) \|$/.exec(line)?.slice(1, 2) ?? []);
  const named = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));

  const wanted = [declared.dependencies, declared.devDependencies, declared.optionalDependencies].flatMap(Object.keys);
  expect(named.toSorted()).toEqual(wanted.toSorted());
});
