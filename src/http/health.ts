import { createServer } from 'node:http';

type Ports = {
  isReady(): boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
};

/** `/healthz`: the process lives. `/readyz`: it can do its work now. `/metrics`: for Prometheus. Everything else is 404. */
export async function serveHealth(
  { port, host }: { readonly port: number; readonly host: string },
  { isReady, metrics }: Ports,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, type = 'text/plain') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    if (request.method !== 'GET') answer(405, 'GET only\n');
    else if (request.url === '/healthz') answer(200, 'ok\n');
    else if (request.url === '/readyz') {
      const ready = isReady();
      answer(ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n');
    } else if (request.url === '/metrics') {
      metrics.text().then(
        (text) => answer(200, text, metrics.contentType),
        () => answer(500, 'no metrics\n'),
      );
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
