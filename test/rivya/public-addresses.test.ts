import type { LookupAddress, LookupOptions } from 'node:dns';
import { expect, test } from 'vitest';
import { isPublicAddress, NotPublic, publicOnly } from '#src/rivya/public-addresses.ts';

test.each([
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255'],
  ...['172.32.0.0', '192.0.1.1', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255'],
  ...['2606:4700::1111', '2001:200::1', '2a00::1', '::ffff:1.1.1.1', '::ffff:101:101', '64:ff9b::8.8.8.8'],
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  // unspecified, loopback, private, shared (CGNAT), link-local
  ...['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.255.254', '10.0.0.0', '10.255.255.255', '172.16.0.1'],
  ...['172.31.255.255', '192.168.0.1', '100.64.0.1', '100.127.255.255', '169.254.169.254'],
  // protocol assignments, documentation, benchmarks, multicast, reserved, broadcast
  ...['192.0.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '198.19.255.255', '192.88.99.1'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fe80::1', 'fe80::1%lo', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '100::1', '4000::1'],
  ...['2001:db8::1', '3fff::1', '2001::1', '2001:2::1', '2001:20::1', '5f00::1'],
  // IPv4 in IPv6's clothes: mapped, compatible, NAT64 (also its local prefix), 6to4
  ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::127.0.0.1'],
  ...['64:ff9b::a9fe:a9fe', '64:ff9b::100.64.0.1', '64:ff9b:1::1', '2002:7f00:1::', '2002:0a00:0001::1'],
  ...['', 'localhost', '1.1.1', '127.1', '[::1]', '1.1.1.1/8', '::ffff:1.1.1.1.1'],
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

/** What a socket that asks so is given, for a name with these addresses. */
function resolve(addresses: readonly LookupAddress[], options: LookupOptions): Promise<unknown[]> {
  const lookup = publicOnly((_host, asked, callback) => {
    expect(asked).toMatchObject({ ...options, all: true });
    callback(null, [...addresses]);
  });
  return new Promise((done) => lookup('media.example', options, (...given) => done(given)));
}

const home = { address: '192.168.0.1', family: 4 };
const world = { address: '2606:4700::1111', family: 6 };
const old = { address: '1.1.1.1', family: 4 };

test('a socket is given the public addresses of a name and no others, in their order', async () => {
  expect(await resolve([home, world, old], { all: true })).toEqual([null, [world, old]]);
  expect(await resolve([home, world, old], { family: 0, hints: 32 })).toEqual([null, world.address, 6]);
});

test.each([[[]], [[home]], [[home, { address: '::1', family: 6 }]]])(
  'of %j a socket is given none',
  async (addresses) => {
    expect(await resolve(addresses, { all: true })).toEqual([expect.any(NotPublic), []]);
    expect(await resolve(addresses, {})).toEqual([expect.any(NotPublic), []]);
  },
);

test('a name that cannot be resolved fails as it did', async () => {
  const reason = new Error('EAI_AGAIN');
  const lookup = publicOnly((_host, _options, callback) => callback(reason, []));

  expect(await new Promise((done) => lookup('media.example', {}, (error) => done(error)))).toBe(reason);
});
