import fc from 'fast-check';
import { anyJson, anyText } from './arbitraries.ts';

export const cdn = 'https://cdn.discordapp.com';
const guild = '1400000000000000001';
export const owner = '1400000000000000002';
export const stranger = '1400000000000000003';
export const operator = '1400000000000000004';
export const tokens = fc.constant('aW50ZXJhY3Rpb246dG9rZW4');

/** An id of just now, as Discord makes them: the token's life is counted from it. */
export const snowflake = fc
  .nat(2 ** 22 - 1)
  .map((low) => String((BigInt(Date.now() - 1_420_070_400_000) << 22n) + BigInt(low)));

export function envelope(id: string, token: string, userId: string) {
  return {
    id,
    token,
    application_id: '1400000000000000000',
    version: 1,
    guild_id: guild,
    channel_id: '1400000000000000005',
    channel: { id: '1400000000000000005', type: 0 },
    context: 0,
    locale: 'en-US',
    member: { user: { id: userId, username: 'ann' }, roles: ['1400000000000000006'], permissions: '2048' },
    attachment_size_limit: 20 * 2 ** 20,
    authorizing_integration_owners: { 0: guild },
  };
}

const options = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(
      { name: 'mode', type: 3, value: 'std' },
      { name: 'multi_shots', type: 5, value: true },
      { name: 'duration', type: 3, value: '10' },
      { name: 'sound', type: 5, value: false },
      { name: 'aspect_ratio', type: 3, value: '1:1' },
      { name: 'image', type: 11, value: '1400000000000000007' },
      { name: 'image_2', type: 11, value: '1400000000000000008' },
    ),
  ),
  { selector: ({ name }) => name },
);
const attachments = Object.fromEntries(
  ['1400000000000000007', '1400000000000000008'].map((id) => [
    id,
    {
      id,
      filename: 'a.png',
      url: `${cdn}/ephemeral-attachments/1/${id}/a.png?ex=1&is=1&hm=abc&`,
      size: 99,
      content_type: 'image/png',
    },
  ]),
);
export const command = fc
  .tuple(snowflake, tokens, options, fc.oneof(anyText, fc.constant('a naked fox')))
  .map(([id, token, chosen, prompt]) => ({
    ...envelope(id, token, owner),
    type: 2,
    data: {
      id: '1400000000000000009',
      name: 'kling',
      type: 1,
      options: [{ name: 'prompt', type: 3, value: prompt }, ...chosen],
      resolved: { attachments },
    },
  }));
const embed = {
  type: 'image',
  thumbnail: { url: 'https://a.example/b.png', proxy_url: 'https://media.discordapp.net/b' },
};
const gallery = { type: 12, items: [{ media: { url: 'https://a.example/c.png' } }] };
const target = '1400000000000000012';
export const animate = fc.tuple(snowflake, tokens).map(([id, token]) => ({
  ...envelope(id, token, owner),
  type: 2,
  data: {
    id: '1400000000000000013',
    name: 'Animate with Kling',
    type: 3,
    target_id: target,
    resolved: {
      messages: {
        [target]: {
          ...{ id: target, channel_id: '1400000000000000005', flags: 0, content: 'look' },
          ...{ attachments: Object.values(attachments), embeds: [embed], components: [gallery] },
          message_snapshots: [{ message: { attachments: [], embeds: [embed] } }],
        },
      },
    },
  },
}));
const user = fc.constantFrom(owner, stranger);
export const press = fc.tuple(snowflake, tokens, user, anyText).map(([id, token, userId, customId]) => ({
  ...envelope(id, token, userId),
  type: 3,
  data: { component_type: 2, custom_id: customId },
  message: { id: '1400000000000000010', flags: 0 },
}));
export const form = fc.tuple(snowflake, tokens, user, anyText, anyJson).map(([id, token, userId, customId, value]) => ({
  ...envelope(id, token, userId),
  type: 5,
  data: { custom_id: customId, components: [{ type: 18, component: { type: 4, custom_id: 'prompt', value } }] },
}));
