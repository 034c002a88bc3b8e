import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type RivyaOptions, type RivyaStandIn, startRivya } from '#sandbox/rivya/start.ts';
import { png } from '#test/images.ts';

type Json = Readonly<Record<string, unknown>>;
export type Reply = { readonly status: number; readonly json: Json; readonly code: unknown };

export const promptOnly = { model: 'kling-3-0', prompt: 'a boat at dusk' };

/** A stand-in that ends with the test; tasks stay open until they are finished. */
export async function begin(options: RivyaOptions = {}) {
  const rivya = await startRivya({ render: 'manual', minPollMs: 0, ...options });
  onTestFinished(() => rivya.close());
  const calls: Calls = callerOf(rivya);
  return { rivya, ...calls };
}

type Calls = ReturnType<typeof callerOf>;

/** Plain HTTP calls, as a client would make them that knows nothing of the stand-in. */
function callerOf(rivya: RivyaStandIn) {
  const authorization = () => ({ authorization: `Bearer ${rivya.apiKey}` });

  async function get(path: string, headers: Record<string, string> = authorization()): Promise<Reply> {
    return reply(await fetch(`${rivya.url}${path}`, { headers, signal: AbortSignal.timeout(10_000) }));
  }

  async function post(path: string, body: string | FormData, headers: Record<string, string>): Promise<Reply> {
    const init = {
      method: 'POST',
      headers: { ...authorization(), ...headers },
      body,
      signal: AbortSignal.timeout(10_000),
    };
    return reply(await fetch(`${rivya.url}${path}`, init));
  }

  return {
    get,
    post,
    create(body: Json | string = promptOnly, key: string = randomUUID()) {
      const text = typeof body === 'string' ? body : JSON.stringify({ client_request_id: key, ...body });
      return post('/api/v1/generations', text, { 'content-type': 'application/json', 'idempotency-key': key });
    },
    read: (id: unknown) => get(`/api/v1/generations/${String(id)}`),
    upload(fields: Readonly<Record<string, string | Blob | undefined>> = {}, name = 'first.png') {
      const form = new FormData();
      const file = new Blob([Uint8Array.from(png())], { type: 'image/png' });
      for (const [key, value] of Object.entries({ kind: 'image', model: 'kling-3-0', file, ...fields })) {
        if (typeof value === 'string') form.append(key, value);
        else if (value !== undefined) form.append(key, value, name);
      }
      return post('/api/v1/files', form, {});
    },
    async balance() {
      return (await get('/api/v1/credits')).json.current_credits;
    },
  };
}

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  const parsed: unknown = response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : {};
  const json = isJson(parsed) ? parsed : {};
  return { status: response.status, json, code: isJson(json.error) ? json.error.code : undefined };
}

/** Waits, for 5 s at most, until it holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited 5 s for ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
