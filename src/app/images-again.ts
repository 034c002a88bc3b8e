import type { ImageSource, OfferedImage, UsedImage } from '#src/domain/images.ts';
import type { Task, TaskImage } from '#src/domain/task.ts';

type Ports = {
  /** As its message shows it now. */
  freshImage(source: ImageSource): Promise<OfferedImage | 'gone' | 'unknown'>;
};
type Image = OfferedImage | UsedImage;

/**
 * The images of an earlier task, for another: as they lie at the provider; else, where it takes them no more or never got
 * them, from the message that they stand on. Null: they have to be asked for.
 */
export function makeImagesAgain({ freshImage }: Ports) {
  return async function imagesAgain(task: Task): Promise<readonly Image[] | null> {
    const found: Image[] = [];
    // One after the other: where one cannot be had, Discord is not asked for the next, which stands on the same message.
    for (const image of task.images) {
      const one = await again(image, task);
      if (one === null) return null;
      found.push(one);
    }
    return found;
  };

  async function again(image: TaskImage, task: Task): Promise<Image | null> {
    if (isAtProvider(image, task)) return usedOf(image);
    if (image.source === undefined || isOfNoUse(task)) return null;
    const fresh = await freshImage(image.source);
    return typeof fresh === 'string' ? null : fresh;
  }
}

/** How many can be had without a look at Discord, as far as the row tells. */
export function countAtProvider(task: Task): number {
  return task.images.filter((image) => isAtProvider(image, task)).length;
}

type Uploaded = Extract<TaskImage, { uploaded: object }>;

/** Those that an earlier task had brought there are what the provider has refused; this task's own it has just taken. */
function isAtProvider(image: TaskImage, { errorCode }: Task): image is Uploaded {
  return image.uploaded !== undefined && !(errorCode === 'images_refused' && image.isUsed === true);
}

function usedOf({ name, size, source, uploaded }: Uploaded): UsedImage {
  return { name, size, source, uploaded };
}

/** The picture itself broke a rule: read again, it would once more. */
function isOfNoUse({ errorCode }: Task): boolean {
  return /^image_(?:type|size|empty|truncated|host)$/.test(errorCode ?? '');
}
