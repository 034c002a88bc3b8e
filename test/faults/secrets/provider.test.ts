import { test } from 'vitest';
import type { Fault } from '#sandbox/rivya/faults.ts';
import type { ResultSetup } from '#sandbox/rivya/types.ts';
import { eventually } from '#test/eventually.ts';
import { gif, jpeg, png, truncated } from '#test/images.ts';
import {
  allFinished,
  aPrompt,
  expectTold,
  files,
  picture,
  runAndSearch,
  type SecretWorld,
  startSecretWorld,
  unguessable,
} from './world.ts';

const creates = '/api/v1/generations';
const reads = '/api/v1/generations/:id';

test('whatever fails at the provider, nothing secret is printed, kept in the queue or left in a row', async () => {
  await using world = await startSecretWorld();

  const bot = await runAndSearch(world, failAtTheProvider, failWithImages);

  expectTold(bot, 'create failed', 'polls are not answered', 'images not uploaded', 'result not opened');
  expectTold(bot, 'the provider refused the request', 'the provider account needs an operator');
}, 120_000);

/** Every documented refusal and every undocumented one, each quoting what it was sent. */
async function failAtTheProvider(world: SecretWorld): Promise<void> {
  const { rivya, kling, secrets } = world;
  const quoted = aPrompt();
  secrets.add('the provider’s words', quoted);
  const message = `Your prompt "${quoted}" (key ${rivya.apiKey}) is not allowed.`;
  const envelope = (code: string, more: object = {}) => ({ error: { code, message, requestId: quoted, ...more } });
  const faults: Omit<Fault, 'route'>[] = [
    ...['validation_failed', 'insufficient_credits', 'content_policy', 'api_key_revoked', 'api_scope_denied'].map(
      (code) => ({ status: 400, body: envelope(code) }),
    ),
    { status: 400, body: envelope(quoted) },
    { status: 400, body: message },
    { status: 422, body: { message, detail: [message] } },
    { status: 403, body: { error: message } },
    { status: 500, body: message },
    { status: 503, body: envelope('public_api_disabled') },
    { status: 200, body: message },
    { status: 200, body: { id: 5, status: message, error: message } },
    { status: 200, body: 'x'.repeat(2 ** 20 + 1) },
    { when: 'before', drop: true },
    { when: 'after', drop: true },
  ];
  for (const fault of faults) rivya.faults.add({ method: 'POST', route: creates, ...fault });
  const reading: Omit<Fault, 'route'>[] = [
    { status: 404, body: envelope('not_found') },
    { status: 500, body: message },
    { status: 401, body: envelope('api_key_expired') },
    { status: 200, body: { id: 'x', status: message } },
    { status: 200, body: message },
    { drop: true },
  ];
  for (const fault of reading) rivya.faults.add({ method: 'GET', route: reads, ...fault });
  for (const _ of faults) kling();
  await allFinished(world);

  rivya.render = 'manual';
  const elsewhere = `https://evil.example/film.mp4?X-Signature=${quoted}`;
  const signed = (own: string) => [`${own}?X-Signature=${encodeURIComponent(quoted)}`];
  const results: ResultSetup[] = [
    { status: 403, urls: signed },
    { redirectTo: elsewhere, urls: signed },
    { bytes: Buffer.from(message), urls: signed },
    { truncateAt: 9, urls: signed },
    { urls: [message, elsewhere] },
  ];
  for (const _ of [...results, 'and one that fails']) kling();
  const tasks = await eventually(() => {
    const open = rivya.tasks.filter(isOpen);
    return open.length > results.length ? open : undefined;
  }, 'the renders');
  for (const [index, { id }] of tasks.entries()) {
    const setup = results[index];
    if (setup === undefined) rivya.fail(id, { code: quoted, message });
    else {
      rivya.setResult(setup, id);
      rivya.finish(id);
    }
  }
  await allFinished(world);
  rivya.render = 'auto';
}

const isOpen = ({ doneAt }: { doneAt: number | undefined }) => doneAt === undefined;

async function failWithImages(world: SecretWorld): Promise<void> {
  const { discord, rivya, kling, secrets } = world;
  const uploads = '/api/v1/files';
  const message = `File ${unguessable('f')} of ${aPrompt()} is no picture.`;
  secrets.add('what the provider says of a file', message.slice(5));
  for (const body of [{ error: { code: 'validation_failed', message } }, message, { url: 5 }, {}])
    rivya.faults.add({ route: uploads, status: typeof body === 'string' ? 500 : 'error' in body ? 400 : 200, body });
  rivya.faults.add({ route: uploads, drop: true });
  const cdn = /ephemeral-attachments/;
  for (const fault of [{ status: 404 }, { status: 500, body: message }, { cutAfterBytes: 40 }, { drop: true }])
    discord.cdnFaults.add({ route: cdn, ...fault });

  for (let index = 0; index < 6; index += 1) kling({ attachments: [picture()] });
  kling({ attachments: [picture(gif())] });
  kling({ attachments: [picture(truncated(png(50_000)))] });
  kling({ attachments: [picture(jpeg(), `${unguessable('n')}.jpg`), picture(truncated(png()))] });
  const forgotten = kling({ attachments: [picture()] });
  for (const { url } of files(forgotten.payload)) discord.cdn.forget(url);
  await allFinished(world);
  // Refused before there is a row.
  const foreign = { ...picture(), overrides: { url: `https://evil.example/?hm=${unguessable('h')}` } };
  await kling({ attachments: [foreign] }).callback;
  await kling({ raw: true, attachments: [picture(gif(), `${unguessable('n')}.gif`)] }).callback;
}
