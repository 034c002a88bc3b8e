import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';

const Names = z.record(z.string(), z.string()).default({});
const Entry = z.object({ resolved: z.string().optional(), link: z.boolean().optional(), optionalDependencies: Names });
const Lockfile = z.object({ packages: z.record(z.string(), Entry) });
const Package = z.object({ dependencies: Names, devDependencies: Names, optionalDependencies: Names });

const { packages } = Lockfile.parse(JSON.parse(await readFile('package-lock.json', 'utf8')));

test('every optional dependency has an entry of its own, or `npm ci` fails on other machines', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isFoundFrom(path, name))
      .map((name) => `${path || 'package.json'} → ${name}`),
  );

  expect(Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies)).length).toBeGreaterThan(0);
  expect(missing).toEqual([]);
});

test('no entry names where it was downloaded from', () => {
  expect(Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
});

test('every dependency is pinned exactly', async () => {
  const declared = Package.parse(JSON.parse(await readFile('package.json', 'utf8')));
  const versions = Object.entries({
    ...declared.dependencies,
    ...declared.devDependencies,
    ...declared.optionalDependencies,
  });

  expect(versions.length).toBeGreaterThan(0);
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

/** As Node looks for it: in the package's own node_modules, then in each one above. */
function isFoundFrom(path: string, name: string): boolean {
  const own = path ? `${path}/node_modules/${name}` : `node_modules/${name}`;
  if (own in packages) return true;
  if (!path) return false;
  const above = path.lastIndexOf('/node_modules/');
  return isFoundFrom(above === -1 ? '' : path.slice(0, above), name);
}
