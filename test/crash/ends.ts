import type { End } from './point.ts';

/** A first no of Discord's that the crash has hidden from the next life, which asks once more. */
export const askedAgain = [/called again after it answered/];

/** The video in the reply, paid once. */
export const video: End = {
  tasks: ['succeeded delivered reply'],
  creates: 1,
  shown: 1,
  replies: ['outcome'],
  spent: 90,
  charged: 90,
};

export const videoByMessage: End = { ...video, tasks: ['succeeded delivered message'] };
/** The reply is deleted: the video stands in a message of its own. */
export const videoInChannel: End = { ...video, tasks: ['succeeded delivered channel'], replies: ['none'] };
/** The reply stays as it was when its token died. */
export const videoByDm: End = { ...video, tasks: ['succeeded delivered dm'], replies: ['accepted'] };
export const undeliverable: End = { ...video, tasks: ['succeeded undeliverable'], shown: 0, replies: ['accepted'] };
/** Done at the provider, without a video: told, and paid. */
export const noVideo: End = { ...video, tasks: ['succeeded undeliverable'] };

/** Nothing was accepted, nobody was told. */
export const nothing: End = { tasks: [], creates: 0, shown: 0, replies: ['none'], spent: 0, charged: 0 };
export const canceled: End = { ...nothing, tasks: ['canceled none'] };

export const failed: End = { ...nothing, tasks: ['failed delivered reply'], shown: 1, replies: ['outcome'] };
export const failedRender: End = { ...failed, creates: 1 };
/** Told an hour later, when the token has died. */
export const uncertain: End = { ...failed, tasks: ['uncertain delivered message'] };
/** The video came after the member was told that it may not: free of charge, and shown. */
export const gift: End = { ...videoByMessage, spent: 0 };

export const twice = (end: End): End => ({
  tasks: [...end.tasks, ...end.tasks],
  creates: end.creates * 2,
  shown: end.shown * 2,
  replies: [...end.replies, ...end.replies],
  spent: end.spent * 2,
  charged: end.charged * 2,
});
