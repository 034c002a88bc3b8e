import { Watch } from './watch.ts';

export type LoggedRequest = {
  readonly method: string;
  /** Interaction tokens are shortened to their last six characters. */
  readonly path: string;
  readonly query: string;
  readonly authorized: boolean;
  readonly at: number;
  route: string;
  /** `undefined` while under way; 0: the connection was closed without an answer. */
  status: number | undefined;
  ms: number | undefined;
  fault: boolean;
};

type Opened = Pick<LoggedRequest, 'method' | 'path' | 'query' | 'authorized'>;

/** Every REST request, in order of arrival. */
export class RequestLog {
  readonly all: LoggedRequest[] = [];
  readonly #watch = new Watch();

  open({ path, ...opened }: Opened): LoggedRequest {
    const entry = {
      ...opened,
      path: shorten(path),
      at: Date.now(),
      route: '',
      status: undefined,
      ms: undefined,
      fault: false,
    };
    this.all.push(entry);
    return entry;
  }

  close(entry: LoggedRequest, status: number): void {
    entry.status = status;
    entry.ms = Date.now() - entry.at;
    this.#watch.notify();
  }

  /** The first answered request that fits; rejects after `timeoutMs`. */
  waitFor(fits: (request: LoggedRequest) => boolean, timeoutMs = 10_000): Promise<LoggedRequest> {
    return this.#watch.until(
      () => this.all.find((one) => one.status !== undefined && fits(one)),
      timeoutMs,
      'a request',
    );
  }
}

const shorten = (path: string) =>
  path.replace(/^(\/(?:webhooks|interactions)\/[^/]+\/)[^/]+?([^/]{6})(?=\/|$)/, '$1…$2');
