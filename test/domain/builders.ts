import type { Reply, Task } from '#src/domain/task.ts';

export const taskId = '0b1f6d0e-7c52-4c7f-9a37-6d1f0c9a1e55';
export const noon = new Date('2026-11-22T12:00:00Z');
/** `noon`, so many milliseconds later. */
export const later = (ms: number) => new Date(noon.getTime() + ms);

/** A public reply in a server, three minutes old. */
export function aReply(more: Partial<Reply> = {}): Reply {
  return {
    applicationId: '100000000000000001',
    token: 'interaction-token',
    tokenExpiresAt: later(12 * 60_000),
    guildId: '200000000000000001',
    channelId: '300000000000000001',
    parentId: null,
    context: 'guild',
    messageId: '400000000000000001',
    isPrivate: false,
    sizeLimit: 20 * 2 ** 20,
    hasBot: true,
    ...more,
  };
}

/** A text-to-video that has just succeeded, its video about to be shown. */
export function aTask(more: Partial<Task> = {}): Task {
  return {
    id: taskId,
    origin: '500000000000000001',
    userId: '600000000000000001',
    locale: 'en-US',
    model: 'kling-3-0',
    prompt: 'a fox in the snow',
    settings: { mode: 'pro', multi_shots: false, duration: '5', sound: false, aspect_ratio: '16:9' },
    images: [],
    body: '{}',
    providerId: 'task_1',
    status: 'succeeded',
    delivery: 'pending',
    rung: null,
    rungAt: null,
    pendingAt: noon,
    shown: 'accepted',
    shownAt: null,
    showAt: null,
    editAt: null,
    keptBytes: null,
    reply: aReply(),
    heldCredits: 90,
    allowance: 900,
    finalCredits: 90,
    errorCode: null,
    errorMessage: null,
    resultUrls: ['https://media.example/film.mp4'],
    attempt: 0,
    unsureSends: 0,
    sentWith: null,
    acceptedAt: noon,
    answeredAt: noon,
    submittingAt: noon,
    firstSentAt: noon,
    lastSentAt: noon,
    renderingAt: noon,
    uncertainAt: null,
    missingUrlAt: null,
    closedAt: noon,
    now: noon,
    ...more,
  };
}
