import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Film, filmOf, filmOfBytes, filmOfLength } from './film.ts';
import type { Task } from './tasks.ts';
import type { Download, ResultSetup } from './types.ts';

type Served = { -readonly [K in keyof Download]: Download[K] };

/** Serves results and keeps count of it; what is served can be set for all tasks or for one. */
export class Results {
  readonly downloads: Served[] = [];
  readonly #setups = new Map<string, ResultSetup>();
  #setup: ResultSetup = {};

  set(setup: ResultSetup, taskId?: string): void {
    if (setup.size !== undefined) filmOfLength(setup.size);
    if (taskId === undefined) this.#setup = setup;
    else this.#setups.set(taskId, setup);
  }

  urlsOf(task: Task, own: string): readonly string[] | null {
    if (task.result?.urls !== undefined) return task.result.urls;
    const { urls } = this.#setupOf(task);
    if (urls === undefined) return [own];
    return typeof urls === 'function' ? urls(own) : urls;
  }

  /** Resolves when all is sent, or the connection has ended; rejects never. */
  async serve(task: Task, request: IncomingMessage, response: ServerResponse): Promise<number> {
    const setup = this.#setupOf(task);
    const status = setup.redirectTo === undefined ? (setup.status ?? 200) : 302;
    const served: Served = { taskId: task.id, at: Date.now(), status, bytes: 0, complete: false };
    this.downloads.push(served);
    if (status !== 200) return refuse(response, status, setup.redirectTo);

    const film = filmFor(setup, task);
    writeHead(response, setup, film.length);
    if (request.method === 'HEAD') response.end();
    else await send(response, setup, film, served);
    return status;
  }

  #setupOf(task: Task): ResultSetup {
    return this.#setups.get(task.id) ?? this.#setup;
  }
}

function filmFor({ bytes, size }: ResultSetup, { body }: Task): Film {
  if (bytes !== undefined) return filmOfBytes(bytes);
  const aspect = body.params.aspect_ratio;
  return size === undefined ? filmOf(aspect) : filmOfLength(size, aspect);
}

function refuse(response: ServerResponse, status: number, redirectTo: string | undefined): number {
  response
    .writeHead(status, { ...(redirectTo !== undefined && { location: redirectTo }), 'content-length': '0' })
    .end();
  return status;
}

function writeHead(
  response: ServerResponse,
  { contentType = 'video/mp4', noLength }: ResultSetup,
  length: number,
): void {
  if (noLength === 'close') {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  }
  response.writeHead(200, {
    'content-type': contentType,
    ...(noLength === undefined && { 'content-length': String(length) }),
  });
  response.flushHeaders();
}

async function send(response: ServerResponse, setup: ResultSetup, film: Film, served: Served): Promise<void> {
  const stallAt = setup.stall === true ? 0 : setup.stall;
  const stop = Math.min(setup.truncateAt ?? film.length, stallAt ?? film.length);
  const source = Readable.from(counted(upTo(film.chunks(), stop), served), { objectMode: false });
  source.pipe(response, { end: false });
  const ended = finished(response).catch(() => {});
  await Promise.race([finished(source).catch(() => {}), ended]);
  if (response.destroyed) source.destroy();
  else if (stallAt !== undefined) await ended;
  else if (stop < film.length && setup.noLength !== 'close') await cut(response);
  else {
    response.end();
    await ended;
  }
  served.complete = response.writableFinished && served.bytes === film.length;
}

/** What was written must leave before the connection goes. */
async function cut(response: ServerResponse): Promise<void> {
  await new Promise((resolve) => {
    response.once('close', resolve);
    response.socket?.write('', resolve);
  });
  response.socket?.destroySoon();
}

function* upTo(chunks: Iterable<Uint8Array>, stop: number): Iterable<Uint8Array> {
  let rest = stop;
  for (const chunk of chunks) {
    if (rest <= 0) return;
    yield chunk.subarray(0, rest);
    rest -= chunk.length;
  }
}

function* counted(chunks: Iterable<Uint8Array>, served: Served): Iterable<Uint8Array> {
  for (const chunk of chunks) {
    served.bytes += chunk.length;
    yield chunk;
  }
}
