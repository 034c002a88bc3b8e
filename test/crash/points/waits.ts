import type { InteractionHandle } from '#sandbox/discord/discord.ts';
import type { World } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { video, videoByMessage } from '../ends.ts';
import type { Point, Scene } from '../point.ts';
import { passTime } from '../time.ts';
import { callback, commits, editReply, followUp, isCleared, isSet, requests, task } from '../ways.ts';

/** 13 minutes after the command, so that the reply says that it takes longer; the video comes when its token has died. */
const slowRender: Scene = {
  options: { rivya: { render: 'manual' } },
  async ask(world) {
    const interaction = world.kling();
    await isThere(world, `status = 'rendering'`);
    await toLastMinutes(world);
    return [interaction];
  },
  outageMs: 20_000,
  async after(world) {
    await isThere(world, `shown = 'late-here'`);
    await passTime(world, 3 * 60_000);
    finish(world);
  },
};

/** In a group, with closed DMs: no rung takes the video, until its member clicks. */
const clicked: Scene = {
  options: { rivya: { render: 'manual' } },
  async ask(world) {
    const interaction = askInGroup(world);
    await isThere(world, `status = 'rendering'`);
    await toLastMinutes(world);
    await isThere(world, `shown = 'late-dm'`);
    await world.database.sql`update tasks set token_expires_at = now()`;
    interaction.expireToken();
    finish(world);
    await isThere(world, `delivery = 'undeliverable'`);
    click(interaction);
    return [interaction];
  },
  async after(_, [interaction]) {
    // A click that went nowhere is repeated; one that was taken is not harmed by another.
    if (interaction?.reply()?.attachments.length === 0) click(interaction);
    await interaction?.waitFor(({ attachments }) => attachments.length === 1);
  },
};

const clickedEarly: Scene = {
  options: { rivya: { render: 'manual' } },
  async ask(world) {
    const interaction = askInGroup(world);
    await isThere(world, `status = 'rendering'`);
    await toLastMinutes(world);
    await isThere(world, `shown = 'late-dm'`);
    click(interaction);
    return [interaction];
  },
  between: finish,
};

function askInGroup({ discord, guild }: World): InteractionHandle {
  const userId = discord.addUser({ name: 'shy', dmsClosed: true }).id;
  discord.addMember(guild.id, userId);
  const channelId = discord.addChannel({ recipients: [userId, discord.addUser().id] }).id;
  return discord.interact({ command: 'kling', options: { prompt: 'in a group' }, userId, channelId, context: 2 });
}

function click(interaction: InteractionHandle): void {
  const customId = /"custom_id":"([^"]+)"/.exec(JSON.stringify(interaction.reply()?.components))?.[1] ?? '';
  interaction.component({ customId });
}

function finish({ rivya }: World): void {
  rivya.finish(rivya.tasks[0]?.id ?? '');
}

const toLastMinutes = ({ database: { sql } }: World) => sql`
  update tasks set token_expires_at = token_expires_at - interval '13 minutes', show_at = show_at - interval '13 minutes'`;

const isThere = ({ database: { sql } }: World, state: string) =>
  eventually(async () => (await sql.unsafe(`select from tasks where ${state}`)).length === 1, state);

/** What is said and done about a reply while there is no outcome, or no way to show it. */
export const waits: readonly Point[] = [
  ...commits('takes longer, woken by the sweep', {
    ...task(`new.show_at > old.show_at and new.edit_at is null and old.edit_at is null and new.shown = old.shown
      and old.show_at <= now()`),
    scene: slowRender,
    end: videoByMessage,
  }),
  ...commits('takes longer, edit begun', { ...isSet('edit_at'), scene: slowRender, end: videoByMessage }),
  ...requests('takes longer, said', { ...editReply, scene: slowRender, end: videoByMessage }),
  ...commits('takes longer, saying stored', { ...isCleared('edit_at'), scene: slowRender, end: videoByMessage }),

  ...requests('click answered', { ...callback, skip: 1, scene: clicked, end: video }),
  ...commits('click stored', {
    ...task(`old.delivery = 'undeliverable' and new.delivery = 'pending'`),
    scene: clicked,
    end: video,
  }),
  ...requests('click too early, told where it stands', { ...followUp, scene: clickedEarly, end: video }),
];
