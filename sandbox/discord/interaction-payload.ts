import { typeByName } from './attachments.ts';
import type { Cdn } from './cdn.ts';
import type { SentFile } from './interaction-record.ts';
import { compact, type JsonObject } from './json.ts';
import { channelJson, memberJson, userJson } from './people.ts';
import { ordinaryPermissions } from './permissions.ts';
import { uploadOf } from './uploads.ts';
import type { Channel, User, World } from './world.ts';

/** 0 server, 1 DM with the bot, 2 other private channel. */
export type Context = 0 | 1 | 2;

export type AttachmentInput = {
  /** File name. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The option it fills; default: the declared attachment options in turn. */
  readonly option?: string;
  readonly contentType?: string;
  readonly width?: number;
  readonly height?: number;
  /** Lies on purpose: a foreign url, a false size. */
  readonly overrides?: JsonObject;
};

export function sendFile(
  input: AttachmentInput,
  option: string,
  id: string,
  cdn: Cdn,
  applicationId: string,
): SentFile {
  const contentType = input.contentType ?? typeByName(input.name);
  const upload = uploadOf(input.name, contentType ?? 'application/octet-stream', Buffer.from(input.bytes));
  const url = cdn.putEphemeral(applicationId, id, upload);
  const json = compact({
    id,
    filename: input.name,
    size: upload.size,
    url,
    proxy_url: url,
    content_type: contentType,
    width: input.width,
    height: input.height,
    ephemeral: true,
    content_scan_version: 0,
    ...input.overrides,
  });
  return { id, option, upload, json };
}

export type Envelope = {
  id: string;
  token: string;
  kind: number;
  applicationId: string;
  user: User;
  channel: Channel;
  context: Context;
  locale: string;
  guildLocale: string;
  owners: JsonObject;
  sizeLimit: number;
  data: JsonObject;
  message?: JsonObject | undefined;
};

/** INTERACTION_CREATE as Discord sends it: `member` in a server, `user` elsewhere. */
export function envelope(world: World, it: Envelope): JsonObject {
  const { channel } = it;
  const guildId = channel.guildId;
  const person = userJson(it.user);
  const member = world.guildOf(channel)?.members.get(it.user.id);
  const permissions = String(member?.permissions ?? ordinaryPermissions);
  return compact({
    id: it.id,
    application_id: it.applicationId,
    type: it.kind,
    token: it.token,
    version: 1,
    context: it.context,
    locale: it.locale,
    guild_locale: guildId === undefined ? undefined : it.guildLocale,
    guild_id: guildId,
    guild: guildId === undefined ? undefined : { id: guildId, locale: it.guildLocale, features: [] },
    channel_id: channel.id,
    channel: {
      ...channelJson(channel, world),
      ...(guildId === undefined ? {} : { permissions }),
    },
    member: guildId === undefined ? undefined : { ...memberJson(person, member?.roles), permissions },
    user: guildId === undefined ? person : undefined,
    app_permissions: String(world.appPermissions(channel)),
    authorizing_integration_owners: it.owners,
    attachment_size_limit: it.sizeLimit,
    entitlements: [],
    entitlement_sku_ids: [],
    data: it.data,
    message: it.message,
  });
}
