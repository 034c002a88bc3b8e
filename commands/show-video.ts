import type { Button } from '#src/discord/command.ts';

/** *Show video* under a reply that waits for its video, or could not be given it. */
export const showVideo = {
  action: 'show',
  run: (press, [taskId = ''], hands) => hands.showVideo(press, taskId),
} as const satisfies Button;
