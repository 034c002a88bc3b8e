import { BlockList, isIP, type LookupFunction } from 'node:net';

// IANA's registries of special-purpose addresses (RFC 6890), and multicast: what is not the public internet.
const special4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
];
/** Of IPv6 only these: global unicast, and the two forms that stand for an IPv4 address (mapped, NAT64). */
const global6 = ['2000::/3', '::ffff:0:0/96', '64:ff9b::/96'];
/** Within them: the IETF's own (Teredo among them), documentation, 6to4. */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const outside4 = blockList(special4, 'ipv4');
const inside6 = blockList(global6, 'ipv6');
// A block list sees an IPv4 address in its mapped form by itself; in that of NAT64 it has to be told.
const outside6 = blockList([...special6, ...special4.map(behindNat64)], 'ipv6');

/** Whether an IP address belongs to the public internet, also where IPv6 stands for IPv4. Anything else is not public. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !outside4.check(address, 'ipv4');
  return (
    isIP(address) === 6 &&
    inside6.check(address, 'ipv6') &&
    !outside6.check(address, 'ipv6') &&
    !outside4.check(address, 'ipv6')
  );
}

/** A host without a public address. */
export class NotPublic extends Error {
  override readonly name = 'NotPublic';
}

/**
 * Resolves names to public addresses alone. Given to a socket, what was checked is what is connected to: a name that
 * resolves differently a moment later gains nothing. Sockets ask it for names only, so a literal address is checked apart.
 */
export function publicOnly(lookup: LookupFunction): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = typeof found === 'string' ? [] : found.filter(({ address }) => isPublicAddress(address));
      const [first] = addresses;
      if (first === undefined) return callback(new NotPublic('no public address'), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function blockList(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', bits] = subnet.split('/');
    list.addSubnet(net, Number(bits), family);
  }
  return list;
}

function behindNat64(subnet: string): string {
  const [net, bits] = subnet.split('/');
  return `64:ff9b::${net}/${96 + Number(bits)}`;
}
