import type { Button, Modal } from '#src/discord/command.ts';

/** What stands under a task's reply. The argument is the task's id, as it came. */
export const again = {
  action: 'again',
  obeys: 'kling',
  run: (press, [taskId = ''], hands) => hands.remake(press, taskId, 'again'),
} as const satisfies Button;

export const retry = {
  action: 'retry',
  obeys: 'kling',
  run: (press, [taskId = ''], hands) => hands.remake(press, taskId, 'retry'),
} as const satisfies Button;

export const openEdit = {
  action: 'edit',
  obeys: 'kling',
  run: (press, [taskId = ''], hands) => hands.openEdit(press, taskId),
} as const satisfies Button;

export const cancel = {
  action: 'cancel',
  run: (press, [taskId = ''], hands) => hands.cancel(press, taskId),
} as const satisfies Button;

export const openDelete = {
  action: 'delete',
  run: (press, [taskId = ''], hands) => hands.openDelete(press, taskId),
} as const satisfies Button;

/** What those that open a modal do once it is sent. */
export const sendEdit = {
  action: 'edit',
  obeys: 'kling',
  run: (form, [taskId = ''], hands) => hands.sendEdit(form, taskId),
} as const satisfies Modal;

export const sendImages = {
  action: 'images',
  obeys: 'kling',
  run: (form, [taskId = '', how = ''], hands) => hands.sendImages(form, taskId, how),
} as const satisfies Modal;

/** The images that an edited request lacks; the first argument is the row that the rest of it lies in. */
export const openAttach = {
  action: 'attach',
  obeys: 'kling',
  run: (press, [openingId = '', taskId = ''], hands) => hands.openAttach(press, openingId, taskId),
} as const satisfies Button;

export const sendAttached = {
  action: 'attach',
  obeys: 'kling',
  run: (form, [openingId = '', taskId = ''], hands) => hands.sendAttached(form, openingId, taskId),
} as const satisfies Modal;

export const sendDelete = {
  action: 'delete',
  run: (form, [taskId = ''], hands) => hands.sendDelete(form, taskId),
} as const satisfies Modal;
