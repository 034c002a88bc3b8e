import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wish } from './arguments.ts';

const media = join(import.meta.dirname, '..', 'media');

/** What the sandbox sends when nothing else is asked for: it fits the film that the stand-in for Rivya serves. */
export const example: Wish = {
  options: {
    prompt: 'A sailing boat crosses a mountain lake while the sun goes down',
    duration: '5',
  },
  pictures: ['first.png', 'last.jpg'].map((name) => ({ name, bytes: readFileSync(join(media, name)) })),
};
