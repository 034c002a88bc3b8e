import { texts } from '../texts.ts';

/** *Animate with Kling*, in the menu of a message. */
export const animateTexts = texts({
  en: {
    name: 'Animate with Kling',
    formTitle: 'Animate with Kling',
    withAll: '{count, plural, one {With the image of this message.} other {With the # images of this message.}}',
    withFirst:
      '{count, plural, one {With the first of {all, number} images of this message.} other {With the first # of {all, number} images of this message.}}',
    none: 'I see no still image on this message. It takes a JPEG, PNG or WebP; GIFs and videos do not count.',
    gone: 'I keep the images for a day at most, and these are no longer there. Please choose *Animate with Kling* on the message once more. Nothing was charged.',
  },
  'zh-CN': {
    name: '用 Kling 制作视频',
    formTitle: '用 Kling 制作视频',
    withAll: '{count, plural, other {使用这条消息里的 # 张图片。}}',
    withFirst: '{count, plural, other {使用这条消息里 {all, number} 张图片中的前 # 张。}}',
    none: '我在这条消息里没看到静态图片。需要 JPEG、PNG 或 WebP；GIF 和视频不算。',
    gone: '图片最多保留一天，这些已经不在了。请在那条消息上再选一次“用 Kling 制作视频”。没有扣除积分。',
  },
  nl: {
    name: 'Animeren met Kling',
    formTitle: 'Animeren met Kling',
    withAll: '{count, plural, one {Met de afbeelding van dit bericht.} other {Met de # afbeeldingen van dit bericht.}}',
    withFirst:
      '{count, plural, one {Met de eerste van de {all, number} afbeeldingen van dit bericht.} other {Met de eerste # van de {all, number} afbeeldingen van dit bericht.}}',
    none: 'Ik zie op dit bericht geen stilstaande afbeelding. Het moet een JPEG, PNG of WebP zijn; GIF’s en video’s tellen niet.',
    gone: 'Ik bewaar de afbeeldingen hooguit een dag, en deze zijn er niet meer. Kies nog eens *Animeren met Kling* op het bericht. Er is niets afgeschreven.',
  },
});
