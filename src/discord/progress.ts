import { type REST, Routes } from 'discord.js';
import type { Edited } from '#src/app/progress.ts';
import type { View } from '#src/domain/progress.ts';
import type { Task } from '#src/domain/task.ts';
import { afterFailedPost, failureOf } from './failures.ts';
import { progressBody } from './messages.ts';
import type { Voice } from './wording.ts';

/** Edits a reply into what it should say now, by its token. Never throws for what Discord says. */
export function makeEditProgress(rest: REST, voice: Voice) {
  return async function editProgress(task: Task, view: View): Promise<Edited> {
    const withPrompt = await edit(task, view, true);
    // Automatic moderation may refuse the member's own words.
    return withPrompt === 'blocked' ? closedIfBlocked(await edit(task, view, false)) : withPrompt;
  };

  async function edit(task: Task, view: View, withPrompt: boolean): Promise<Edited | 'blocked'> {
    const { applicationId, token } = task.reply;
    const body = progressBody(task, view, voice, withPrompt);
    try {
      await rest.patch(Routes.webhookMessage(applicationId, token ?? '', '@original'), { body, auth: false });
      return 'edited';
    } catch (error) {
      const after = afterFailedPost(failureOf(error), 'token');
      if ('later' in after) return after.isUnsent ? { later: after.later } : 'unknown';
      if (after.refused === 'blocked') return 'blocked';
      return { refused: after.refused === 'too-large' ? 'closed' : after.refused };
    }
  }
}

const closedIfBlocked = (edited: Edited | 'blocked'): Edited => (edited === 'blocked' ? { refused: 'closed' } : edited);
