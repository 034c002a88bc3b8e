import { describe, expect, test } from 'vitest';
import { ImageWalk } from '#src/domain/image-walk.ts';
import { imageFault, isMediaProxy, liesAt } from '#src/domain/images.ts';
import { kling } from '#src/domain/parameters.ts';
import { gif, jpeg, largestImage, png, webp } from '#test/images.ts';

const cdn = 'https://cdn.discordapp.com';
const path = '/ephemeral-attachments/1/2/first.png?ex=65f&is=65e&hm=abc&';
const offered = { name: 'first.png', url: `${cdn}${path}`, size: 1000, contentType: 'image/png' };

describe('where an attachment lies', () => {
  test.each([`${cdn}${path}`, `https://CDN.discordapp.com${path}`, `https://cdn.discordapp.com:443${path}`, cdn])(
    '%s is Discord',
    (url) => {
      expect(liesAt(url, cdn)).toBe(true);
    },
  );

  test.each([
    `http://cdn.discordapp.com${path}`,
    `https://cdn.discordapp.com.evil.example${path}`,
    `https://cdn.discordapp.com:8443${path}`,
    `https://cdn.discordapp.com@evil.example${path}`,
    `https://evil.example@cdn.discordapp.com${path}`,
    `https://user:pass@cdn.discordapp.com${path}`,
    `https://evil.example/https://cdn.discordapp.com${path}`,
    `https://evil.example#https://cdn.discordapp.com${path}`,
    `https://evil.example\\@cdn.discordapp.com${path}`,
    `https://evil.cdn.discordapp.com${path}`,
    `https://media.discordapp.net${path}`,
    `https://cdn.discordapp.com.${path}`,
    `https://cdn.discordapp.соm${path}`,
    `https://127.0.0.1${path}`,
    `//cdn.discordapp.com${path}`,
    `cdn.discordapp.com${path}`,
    path,
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'blob:https://cdn.discordapp.com/0b1f6d0e',
    '',
  ])('%s is not', (url) => {
    expect(liesAt(url, cdn)).toBe(false);
    expect(imageFault(kling, { ...offered, url }, cdn)).toBe('host');
  });

  test.each([`${cdn}/a\0.png`, `${cdn}/a\ud800.png`])('%j cannot be stored, so it is not', (url) => {
    expect(imageFault(kling, { ...offered, url }, cdn)).toBe('host');
  });

  test('a stand-in at a port of this machine counts by its port', () => {
    expect(liesAt('http://127.0.0.1:4001/a.png', 'http://127.0.0.1:4001')).toBe(true);
    expect(liesAt('http://127.0.0.1:4002/a.png', 'http://127.0.0.1:4001')).toBe(false);
  });
});

describe('where an embedded image lies', () => {
  const hosts = ['media.discordapp.net', 'images-ext-1.discordapp.net', '127.0.0.1:4003', '[::1]:4003'];
  const external = '/external/x_Y-z/https/evil.example/a.png?format=webp';

  test.each([
    `https://media.discordapp.net${path}`,
    `https://images-ext-1.discordapp.net${external}`,
    `https://MEDIA.discordapp.NET${path}`,
    `https://media.discordapp.net:443${path}`,
    `https://media.discordapp.net`,
    `https://media.discordapp.net/https://evil.example`,
    // As browsers read it: tabs and line ends are nothing, a backslash is a slash.
    `ht\ntps://media.disc\tordapp.net${path}`,
    `https:\\\\media.discordapp.net\\a.png`,
    'http://127.0.0.1:4003/a.png',
    'https://127.0.0.1:4003/a.png',
    'http://[::1]:4003/a.png',
  ])('%s is one of the proxies', (url) => {
    expect(isMediaProxy(url, hosts)).toBe(true);
  });

  test.each([
    `http://media.discordapp.net${path}`,
    `http://media.discordapp.net:443${path}`,
    `https://media.discordapp.net.evil.example${path}`,
    `https://media.discordapp.net.${path}`,
    `https://media.discordapp.net:8443${path}`,
    `https://user@media.discordapp.net${path}`,
    `https://user:pass@media.discordapp.net${path}`,
    `https://:pass@media.discordapp.net${path}`,
    `https://media.discordapp.net@evil.example${path}`,
    `https://evil.example\\@media.discordapp.net${path}`,
    `https://evil.example#@media.discordapp.net${path}`,
    `https://evil.example?@media.discordapp.net${path}`,
    `https://images-ext-2.discordapp.net${external}`,
    `https://x.media.discordapp.net${path}`,
    `https://discordapp.net${path}`,
    `https://mediа.discordapp.net${path}`,
    `https://media。discordapp。net.evil.example${path}`,
    `https://xn--media.discordapp.net${path}`,
    `https://media%2ediscordapp.net:1${path}`,
    `https://127.0.0.1:4004${path}`,
    `https://127.0.0.1${path}`,
    `http://127.1:4004${path}`,
    `ws://127.0.0.1:4003${path}`,
    `ftp://media.discordapp.net${path}`,
    `blob:https://media.discordapp.net/0b1f6d0e`,
    `//media.discordapp.net${path}`,
    `media.discordapp.net${path}`,
    'data:image/png;base64,AAAA',
    'file:///etc/passwd',
    '',
  ])('%s is not', (url) => {
    expect(isMediaProxy(url, hosts)).toBe(false);
  });

  test('without hosts nothing is read', () => {
    expect(isMediaProxy(`https://media.discordapp.net${path}`, [])).toBe(false);
  });
});

describe('what Discord says of an image', () => {
  test.each([
    ['image/png', 'first.png', undefined],
    ['image/jpeg', 'x', undefined],
    ['image/webp', 'first.gif', undefined],
    ['IMAGE/PNG; charset=x', 'first', undefined],
    ['image/gif', 'first.png', 'type'],
    ['image/avif', 'first.png', 'type'],
    ['video/mp4', 'first.mp4', 'type'],
    ['image/png2', 'first.png', 'type'],
    // Without a declared type the name decides; the bytes are looked at later anyway.
    [undefined, 'first.PNG', undefined],
    [undefined, 'first.jpeg', undefined],
    ['', 'first.webp', undefined],
    [undefined, 'first.gif', 'type'],
    [undefined, 'png', 'type'],
    [undefined, '', 'type'],
  ])('%s called %s: %s', (contentType, name, fault) => {
    expect(imageFault(kling, { ...offered, contentType, name }, cdn)).toBe(fault);
  });

  test.each([
    [0, 'empty'],
    [-1, 'empty'],
    [1, undefined],
    [largestImage, undefined],
    [largestImage + 1, 'size'],
    [11_000_000, 'size'],
  ])('%i bytes: %s', (size, fault) => {
    expect(imageFault(kling, { ...offered, size }, cdn)).toBe(fault);
  });
});

describe('whether the bytes are a whole picture', () => {
  const whole = (mimeType: string, bytes: Buffer, step = bytes.length || 1) => {
    const walk = new ImageWalk(mimeType);
    for (let at = 0; at < bytes.length; at += step) walk.push(bytes.subarray(at, at + step));
    return walk.isWhole();
  };

  test.each([
    ['image/png', png()],
    ['image/png', png(9000)],
    ['image/jpeg', jpeg()],
    ['image/jpeg', jpeg(9000)],
    ['image/jpeg', Buffer.concat([jpeg(), Buffer.alloc(100)])],
    // A phone's moving photo: a film of megabytes after the picture.
    ['image/jpeg', Buffer.concat([jpeg(9000), Buffer.alloc(200_000, 7)])],
    ['image/png', Buffer.concat([png(9000), Buffer.from('appended')])],
    ['image/webp', webp()],
    ['image/webp', webp(9000)],
  ])('%s (%#) is', (mimeType, bytes) => {
    expect(whole(mimeType, bytes)).toBe(true);
    for (const step of [1, 7, 4096]) expect(whole(mimeType, bytes, step)).toBe(true);
  });

  test('a JPEG cut behind its thumbnail is not: the end of that is not the end of the picture', () => {
    const thumbnail = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 2 + jpeg().length]), jpeg()]);
    const bytes = Buffer.concat([jpeg().subarray(0, 2), thumbnail, jpeg().subarray(2)]);
    thumbnail.writeUInt16BE(2 + jpeg().length, 2);

    expect(whole('image/jpeg', bytes)).toBe(true);
    expect(whole('image/jpeg', bytes.subarray(0, 4 + thumbnail.length))).toBe(false);
  });

  test.each([
    ['image/png', png],
    ['image/jpeg', jpeg],
    ['image/webp', webp],
  ])('%s cut anywhere is not', (mimeType, make) => {
    const bytes = make();

    for (let length = 0; length < bytes.length; length += 1) {
      expect([length, whole(mimeType, bytes.subarray(0, length))]).toEqual([length, false]);
    }
  });

  test.each(['image/gif', 'image/avif', '', 'text/html'])('%s is none that is taken', (mimeType) => {
    expect(whole(mimeType, gif())).toBe(false);
  });

  test('no bytes are nothing whole', () => {
    for (const { mimeType } of kling.images.types) expect(whole(mimeType, Buffer.alloc(0))).toBe(false);
  });
});
