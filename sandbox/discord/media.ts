import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { typeByName } from './attachments.ts';

export type Picture = { readonly name: string; readonly bytes: Uint8Array };

/**
 * Discord's media proxy: pictures of other sites, under addresses of its own. How long one is, it does not say: what it
 * changes on the way it sends in pieces.
 */
export class MediaProxy {
  readonly requests: { readonly path: string; status: number }[] = [];
  readonly server: Server;
  readonly #pictures = new Map<string, Picture>();
  origin = '';

  constructor() {
    this.server = createServer((request, response) => {
      const path = request.url ?? '/';
      const picture = request.method === 'GET' ? this.#pictures.get(path) : undefined;
      this.requests.push({ path, status: picture === undefined ? 404 : 200 });
      if (picture === undefined) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': typeByName(picture.name) ?? 'application/octet-stream' });
      response.end(picture.bytes);
    });
  }

  /** The address of a site's picture behind the proxy. */
  put(url: string, picture: Picture): string {
    const { protocol, host, pathname, search } = new URL(url);
    const name = createHash('sha256').update(url).digest('base64url');
    const path = `/external/${name}/${protocol.slice(0, -1)}/${host}${pathname}${search}`;
    this.#pictures.set(path, picture);
    return `${this.origin}${path}`;
  }

  /** The site's picture is gone. */
  forget(address: string): void {
    const { pathname, search } = new URL(address);
    this.#pictures.delete(`${pathname}${search}`);
  }
}
