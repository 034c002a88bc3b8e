import { createServer } from 'node:http';

/** `/healthz`: the process lives. `/readyz`: it can do its work now. Everything else is 404. */
export async function serveHealth(
  { port, host }: { readonly port: number; readonly host: string },
  isReady: () => boolean,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
    if (request.method !== 'GET') answer(405, 'GET only\n');
    else if (request.url === '/healthz') answer(200, 'ok\n');
    else if (request.url === '/readyz') {
      const ready = isReady();
      answer(ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n');
    } else answer(404, 'not found\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
