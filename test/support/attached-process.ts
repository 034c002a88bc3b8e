import { startEmbedded } from '#src/store/embedded.ts';

// A bot's stand-in for the embedded server: attaches, says where, and stops when its input ends.
const server = await startEmbedded({ dataDir: process.argv[2] ?? '', fsync: false });
process.stdout.write(`${server.url}\n`);
process.stdin.resume().once('end', () => server.stop());
