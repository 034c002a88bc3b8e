import { describe, expect, test } from 'vitest';
import { readPictures } from '#src/discord/pictures.ts';

const cdn = 'https://cdn.discordapp.com/attachments/1400000000000000001';
const file = (name: string, more: object = {}) => {
  return { id: '1400000000000000002', filename: name, url: `${cdn}/2/${name}?ex=1&`, size: 9, ...more };
};
const media = (name: string, more: object = {}) => {
  return { url: `https://site.example/${name}`, proxy_url: `https://media.discordapp.net/external/${name}`, ...more };
};
const read = (more: object) => readPictures({ id: '1400000000000000003', channel_id: '1400000000000000004', ...more });
const names = (more: object) => read(more).map(({ name }) => name);

describe('the pictures of a message', () => {
  test('are its files, then those of its embeds, then those of what it forwards', () => {
    const forwarded = { attachments: [file('d.png')], embeds: [{ type: 'rich', image: media('e.png') }] };

    const pictures = read({
      attachments: [file('a.png', { content_type: 'image/png' }), file('b.gif', { flags: 1 << 5 })],
      embeds: [{ type: 'image', thumbnail: media('c.png', { content_type: 'image/png' }) }],
      message_snapshots: [{ message: forwarded }],
    });

    expect(pictures.map(({ source: _, ...picture }) => picture)).toEqual([
      { name: 'a.png', url: `${cdn}/2/a.png?ex=1&`, size: 9, contentType: 'image/png', isAnimated: false },
      { name: 'b.gif', url: `${cdn}/2/b.gif?ex=1&`, size: 9, contentType: undefined, isAnimated: true },
      {
        ...{ name: 'c.png', url: 'https://media.discordapp.net/external/c.png', size: null },
        ...{ contentType: 'image/png', isAnimated: false },
      },
      expect.objectContaining({ name: 'd.png', size: 9 }),
      expect.objectContaining({ name: 'e.png', size: null }),
    ]);
  });

  test('in components come first, however deep, in their order', () => {
    const gallery = { type: 12, items: [{ media: media('b.png') }, { media: media('c.png') }] };
    const section = { type: 9, components: [{ type: 10 }], accessory: { type: 11, media: media('a.png') } };
    const row = { type: 1, components: [{ type: 2, custom_id: 'x' }] };

    const components = [{ type: 17, components: [section, gallery] }, row, { type: 999 }, null, 'x'];

    expect(names({ components, attachments: [file('d.png')] })).toEqual(['a.png', 'b.png', 'c.png', 'd.png']);
  });

  test('that are shown twice count once, in the place where they are seen, as the file they are', () => {
    const [first, second] = [file('a.png'), file('b.png')];
    const shown = { url: `${cdn}/2/b.png?ex=2&`, proxy_url: 'https://media.discordapp.net/b.png' };
    const gallery = { type: 12, items: [{ media: shown }] };

    const pictures = read({ attachments: [first, second], components: [gallery], embeds: [{ image: shown }] });

    expect(pictures.map(({ name, size }) => [name, size])).toEqual([
      ['b.png', 9],
      ['a.png', 9],
    ]);
  });

  test('of one site under one path are told apart by their query', () => {
    expect(read({ embeds: ['?1', '?2', '?2'].map((query) => ({ image: media(`a.png${query}`) })) })).toHaveLength(2);
  });

  test.each([
    ['of a film', { type: 'video', thumbnail: media('a.png') }],
    ['of a film that plays by itself', { type: 'gifv', thumbnail: media('a.png') }],
    ['that Discord has no copy of', { type: 'image', thumbnail: { url: 'https://site.example/a.png' } }],
    ['without any', { type: 'rich', title: 'a' }],
    ['of a shape not known', { type: 7, image: 'a.png' }],
  ])('are not those of an embed %s, which hides no other', (_, embed) => {
    expect(names({ embeds: [embed, { image: media('b.png') }] })).toEqual(['b.png']);
  });

  test('of an embed are its picture, and its thumbnail where it has no other', () => {
    expect(names({ embeds: [{ image: media('a.png'), thumbnail: media('b.png') }] })).toEqual(['a.png']);
    expect(names({ embeds: [{ thumbnail: media('b.png') }] })).toEqual(['b.png']);
  });

  test('know where they can be found again, by what stays the same with every signature', () => {
    const again = read({ attachments: [file('a.png', { url: `${cdn}/2/a.png?ex=7&hm=x&` })] });

    expect(again[0]?.source).toEqual(read({ attachments: [file('a.png')] })[0]?.source);
    expect(again[0]?.source).toMatchObject({ messageId: '1400000000000000003', channelId: '1400000000000000004' });
  });

  test('need a name even where the site gives none', () => {
    expect(names({ embeds: [{ image: { ...media(''), url: 'https://site.example/' } }] })).toEqual(['image']);
  });

  test('are none of what is no message', () => {
    expect(() => readPictures({})).toThrow();
    expect(() => readPictures(undefined)).toThrow();
  });
});
