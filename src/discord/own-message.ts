import { z } from 'zod';
import type { Reported } from '#src/app/report.ts';
import { readCustomId } from './custom-id.ts';
import { Snowflake } from './interaction.ts';

// Only what the bot reads; a component of a kind that it does not know must not hide the others.
const Message = z.object({
  id: Snowflake,
  channel_id: Snowflake,
  author: z.object({ id: z.string() }).optional().catch(undefined),
  application_id: z.string().nullish().catch(null),
  components: z.array(z.unknown()).catch([]),
});
const Node = z.object({
  custom_id: z.string().optional().catch(undefined),
  components: z.array(z.unknown()).catch([]),
});

/** The buttons under a task's own messages; what a list or a modal carries names other things. */
const actions: readonly string[] = ['again', 'retry', 'edit', 'cancel', 'delete', 'show'];

/** A message of this application's own, and the tasks that its buttons name. Null: somebody else's. */
export function readOwn(raw: unknown, applicationId: string, guildId: string | null): Reported | null {
  const { id, channel_id: channelId, author, application_id, components } = Message.parse(raw);
  // Applications of old have a bot user with another id; what answers an interaction names the application.
  if (author?.id !== applicationId && application_id !== applicationId) return null;
  return { id, channelId, guildId, taskIds: components.flatMap(taskIds) };
}

function taskIds(component: unknown): string[] {
  const node = Node.safeParse(component).data;
  if (node === undefined) return [];
  const { action, args } = readCustomId(node.custom_id ?? '');
  const [taskId] = args;
  const own = actions.includes(action) && taskId !== undefined ? [taskId] : [];
  return [...own, ...node.components.flatMap(taskIds)];
}
