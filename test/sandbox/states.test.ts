import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MessageJson } from '#sandbox/discord/discord.ts';
import { sideBySide } from '#sandbox/states/page.ts';
import { languages, pictureName, states, statesPage } from '#sandbox/states/states.ts';
import { languageOf } from '#src/discord/languages.ts';
import { languages as spoken } from '#src/domain/parameters.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

test('the pictures of replies cover every state and every language that the bot speaks', () => {
  expect(states.map(({ name }) => name)).toEqual([
    ...['waiting', 'rendering', 'done', 'done-by-link', 'failed', 'canceled', 'refused', 'late', 'private'],
  ]);
  expect(languages.map(({ locale }) => languageOf(locale)).toSorted()).toEqual([...spoken].toSorted());
});

test('docs/states.md is what the command writes, and names just the pictures that are there', () => {
  const page = readFileSync(join(docs, 'states.md'), 'utf8');
  const named = [...page.matchAll(/!\[[^\]]+\]\(states\/([^)]+)\)/g)].map(([, name]) => name);

  expect(page).toBe(statesPage());
  expect(named.toSorted()).toEqual(readdirSync(join(docs, 'states')).toSorted());
  expect(named).toEqual(states.map(({ name }) => pictureName(name)));
});

test('a picture shows a reply’s words, its buttons and who sees it, and nothing in it acts', () => {
  const [english] = languages;
  const message = {
    content: '**a <b>fox</b>**\n-# Pro · 5 s',
    flags: 64,
    author: { username: 'Kling' },
    timestamp: '2026-11-25T12:00:00.000000+00:00',
    edited_timestamp: null,
    attachments: [],
    components: [{ type: 1, components: [{ type: 2, style: 2, label: 'Cancel <x>' }] }],
  } as unknown as MessageJson;

  const page = sideBySide([{ state: 'private', speaker: english, message }], { frame: '', seconds: 5 });

  expect(page).toContain('<b>a &lt;b&gt;fox&lt;/b&gt;</b>');
  expect(page).toContain('<div class="small">Pro · 5 s</div>');
  expect(page).toContain('Cancel &lt;x&gt;');
  expect(page).toContain('Only you can see this');
  expect(page).not.toContain('class="film"');
});
