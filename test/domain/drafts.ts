import type { Draft } from '#src/domain/draft.ts';
import { noon } from './builders.ts';

/** An open draft that was just made. */
export function aDraft(more: Partial<Draft> = {}): Draft {
  return {
    id: '0b1f6d0e-7c52-4c7f-9a37-6d1f0c9a1e55',
    userId: '200000000000000001',
    channelId: '300000000000000001',
    messageId: '400000000000000001',
    answerId: null,
    state: 'open',
    locale: 'en-US',
    prompt: 'a fox',
    settings: { mode: 'pro', multi_shots: true, duration: '5', sound: false, aspect_ratio: '16:9' },
    images: [],
    revision: 3,
    hasAllowance: true,
    told: null,
    createdAt: noon,
    now: noon,
    ...more,
  };
}
