import type { Settings } from '#src/domain/parameters.ts';
import type { Context, Delivery, Rung, Status, Task, TaskImage } from '#src/domain/task.ts';

/** A row of `tasks` as the driver gives it (columns in camel case), with the database's clock beside it. */
export type TaskRow = {
  id: string;
  origin: string;
  userId: string;
  guildId: string | null;
  channelId: string;
  parentId: string | null;
  context: Context;
  locale: string;
  model: string;
  prompt: string;
  settings: Settings;
  images: TaskImage[];
  body: string | null;
  providerId: string | null;
  status: Status;
  delivery: Delivery;
  rung: Rung | null;
  rungAt: Date | null;
  pendingAt: Date | null;
  shown: string | null;
  showAt: Date | null;
  shownAt: Date | null;
  editAt: Date | null;
  keptBytes: number | null;
  applicationId: string;
  token: string | null;
  tokenExpiresAt: Date;
  messageId: string | null;
  isPrivate: boolean;
  sizeLimit: number;
  hasBot: boolean;
  heldCredits: number;
  allowance: number | null;
  finalCredits: number | null;
  errorCode: string | null;
  errorMessage: string | null;
  resultUrls: string[];
  attempt: number;
  unsureSends: number;
  sentWith: string | null;
  acceptedAt: Date;
  answeredAt: Date | null;
  submittingAt: Date | null;
  firstSentAt: Date | null;
  lastSentAt: Date | null;
  renderingAt: Date | null;
  uncertainAt: Date | null;
  missingUrlAt: Date | null;
  closedAt: Date | null;
  now: Date;
};

export function toTask(row: TaskRow): Task {
  return {
    id: row.id,
    origin: row.origin,
    userId: row.userId,
    locale: row.locale,
    model: row.model,
    prompt: row.prompt,
    settings: row.settings,
    images: row.images,
    body: row.body,
    providerId: row.providerId,
    status: row.status,
    delivery: row.delivery,
    rung: row.rung,
    rungAt: row.rungAt,
    pendingAt: row.pendingAt,
    shown: row.shown,
    showAt: row.showAt,
    shownAt: row.shownAt,
    editAt: row.editAt,
    keptBytes: row.keptBytes,
    reply: {
      applicationId: row.applicationId,
      token: row.token,
      tokenExpiresAt: row.tokenExpiresAt,
      guildId: row.guildId,
      channelId: row.channelId,
      parentId: row.parentId,
      context: row.context,
      messageId: row.messageId,
      isPrivate: row.isPrivate,
      sizeLimit: row.sizeLimit,
      hasBot: row.hasBot,
    },
    heldCredits: row.heldCredits,
    allowance: row.allowance,
    finalCredits: row.finalCredits,
    errorCode: row.errorCode,
    errorMessage: row.errorMessage,
    resultUrls: row.resultUrls,
    attempt: row.attempt,
    unsureSends: row.unsureSends,
    sentWith: row.sentWith,
    acceptedAt: row.acceptedAt,
    answeredAt: row.answeredAt,
    submittingAt: row.submittingAt,
    firstSentAt: row.firstSentAt,
    lastSentAt: row.lastSentAt,
    renderingAt: row.renderingAt,
    uncertainAt: row.uncertainAt,
    missingUrlAt: row.missingUrlAt,
    closedAt: row.closedAt,
    now: row.now,
  };
}
