import type { Button, Command, Declaration, MessageCommand, Modal } from '#src/discord/command.ts';
import { animate, sendAnimate } from './animate.ts';
import { draftButtons } from './draft.ts';
import { kling } from './kling.ts';
import { klingAdmin } from './kling-admin.ts';
import { klingCredits } from './kling-credits.ts';
import { klingHelp } from './kling-help.ts';
import * as history from './kling-history.ts';
import { erase, klingMe, ping } from './kling-me.ts';
import { klingSettings } from './kling-settings.ts';
import { report } from './report.ts';
import { showVideo } from './show-video.ts';
import * as task from './task-buttons.ts';

/** Everything that people can do. Explicit lists: what is not here does not exist. */
export const commands: readonly Command[] = [
  kling,
  klingCredits,
  klingHelp,
  klingMe,
  history.klingHistory,
  klingSettings,
];
/** Those of operators, which members need not see. */
export const operatorCommands: readonly Command[] = [klingAdmin];
/** In the menus of messages. */
export const messageCommands: readonly MessageCommand[] = [animate, report];
export const buttons: readonly Button[] = [
  showVideo,
  ...draftButtons,
  history.turn,
  history.choose,
  history.here,
  ping,
  erase,
  task.again,
  task.retry,
  task.openEdit,
  task.cancel,
  task.openDelete,
  task.openAttach,
];
export const modals: readonly Modal[] = [
  task.sendEdit,
  task.sendImages,
  task.sendAttached,
  task.sendDelete,
  sendAnimate,
];
/** What Discord is told of those that members have. */
export const declarations: readonly Declaration[] = [...commands, ...messageCommands].map(
  ({ declaration }) => declaration,
);
