import { once } from 'node:events';
import type { Server } from 'node:http';

/** Binds to loopback and returns the origin. Port 0: any free one. */
export async function listen(server: Server, port = 0): Promise<string> {
  // Longer than any client keeps an idle connection: the stand-in never closes one under a request.
  server.keepAliveTimeout = 120_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return `http://127.0.0.1:${address.port}`;
}

export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
