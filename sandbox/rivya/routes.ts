import { type Answer, invalid, Refusal } from './answer.ts';
import { readCreateBody } from './create-body.ts';
import type { Files } from './files.ts';
import { models } from './kling.ts';
import type { Manners } from './manners.ts';
import type { Results } from './results.ts';
import type { Call, Route } from './server.ts';
import type { Task, Tasks } from './tasks.ts';
import type { Settings } from './types.ts';

export type Account = {
  readonly tasks: Tasks;
  readonly files: Files;
  readonly results: Results;
  readonly manners: Manners;
  readonly settings: Settings;
  /** Throws the refusal that this request's key, or the lack of one, deserves. */
  authorize(call: Call): void;
  /** Throws while the API is turned off. */
  checkOpen(): void;
  resultUrl(task: Task): string;
};

export function makeRoutes(account: Account): Route[] {
  const { tasks, files, results, manners, settings, resultUrl } = account;

  const withKey =
    (run: Route['run']): Route['run'] =>
    (call) => {
      account.checkOpen();
      account.authorize(call);
      return run(call);
    };

  function listModels(): Answer {
    account.checkOpen();
    return { status: 200, body: models };
  }

  function create(call: Call): Answer {
    const { body: rawBody, request, isTwin } = call;
    checkJson(call);
    const idempotencyKey = readKey(request.headers['idempotency-key']);
    if (idempotencyKey === undefined) manners.violate('a create without Idempotency-Key');
    const first = idempotencyKey === undefined ? undefined : tasks.byKey(idempotencyKey);
    if (first !== undefined && !first.rawBody.equals(rawBody)) {
      manners.violate(`Idempotency-Key ${idempotencyKey}: sent again with another body`);
      throw new Refusal('idempotency_conflict', 'This key was used with another body.');
    }
    if (isTwin) throw new Refusal('idempotency_conflict', 'The first request with this key is still being handled.');
    if (first !== undefined) return { status: settings.createStatus, body: present(first) };

    const body = readCreateBody(rawBody, (url) => files.byUrl(url));
    const { clientRequestId, references } = body;
    if (clientRequestId === undefined) manners.violate('a create without client_request_id');
    const used = references.flatMap(({ url }) => files.byUrl(url)?.id ?? []);
    const task = tasks.create({ idempotencyKey, clientRequestId, body, rawBody, files: used });
    return { status: settings.createStatus, body: present(task) };
  }

  function read({ id }: Call): Answer {
    const task = tasks.find(id);
    if (task === undefined) throw new Refusal('not_found', 'No such task.');
    manners.checkPolling(task, settings.minPollMs);
    return { status: 200, body: present(task) };
  }

  async function serveResult(call: Call): Promise<Answer | number> {
    if (call.request.headers.authorization !== undefined) manners.violate('the key was sent to a result URL');
    const task = tasks.find(call.id);
    if (task?.status !== 'succeeded') return { status: 404, body: 'not found' };
    return results.serve(task, call.request, call.response);
  }

  const present = (task: Task) => ({
    id: task.id,
    status: task.status,
    model: task.body.model,
    reserved_credits: task.reserved,
    final_credits: task.finalCredits,
    created_at: new Date(task.createdAt).toISOString(),
    updated_at: new Date(task.updatedAt).toISOString(),
    result: presentResult(task),
    error: task.error ?? null,
    ...task.override,
  });

  function presentResult(task: Task) {
    if (task.result === undefined) return null;
    const urls = results.urlsOf(task, resultUrl(task));
    return urls && { primary_url: urls[0] ?? null, urls };
  }

  return [
    { method: 'GET', pattern: '/api/v1/models', run: listModels },
    { method: 'POST', pattern: '/api/v1/generations', run: withKey(create) },
    { method: 'GET', pattern: '/api/v1/generations/:id', run: withKey(read) },
    { method: 'POST', pattern: '/api/v1/files', reads: 'self', run: withKey((call) => files.upload(call)) },
    { method: 'GET', pattern: '/api/v1/files/:id', run: withKey(({ id }) => files.read(id)) },
    {
      method: 'GET',
      pattern: '/api/v1/credits',
      run: withKey(() => ({ status: 200, body: { current_credits: tasks.credits } })),
    },
    { method: 'GET', pattern: '/results/:task/:name', run: serveResult },
    { method: 'HEAD', pattern: '/results/:task/:name', run: serveResult },
  ];
}

function checkJson({ request }: Call): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw invalid(`Content-Type: application/json is needed, not ${type ?? 'none'}`);
}

// Length and characters are not documented: what any server would store.
function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(header))
    throw invalid('Idempotency-Key: 1 to 255 visible characters');
  return header;
}
