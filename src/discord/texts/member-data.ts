import { texts } from '../texts.ts';

/** What `/kling-me data` and `/kling-me delete` say. */
export const memberDataTexts = texts({
  en: {
    data: 'All that is stored about you, in this file. What its parts mean stands in the bot’s PRIVACY.md.',
    page: 'Page {page, number} of {pages, number}, the newest first. `/kling-me data` with `page` gives the others.',
    notNow: 'Your data cannot be had right now. Please try again in a minute.',
    title: 'Delete your data',
    goes: 'Your prompts, the names and links of images and videos, drafts, settings and history are removed from my records. Messages in Discord stay: *Delete* under a video takes away that one. The video provider keeps its own records.',
    tasks:
      'What waits in line is canceled. What is being made is finished and shown to you first, then it is erased as well.',
    stays:
      'What you have spent in this period, and a block, are kept under a keyed hash of your id until they end. Sums of credits stay, without you.',
    eraseButton: 'Delete my data',
    bonus:
      'You have {credits, plural, one {# bonus credit} other {# bonus credits}}. They are lost with your data, and nobody can give them back.',
    loseButton: 'Delete, and lose {credits, plural, one {# bonus credit} other {# bonus credits}}',
    asked:
      'Your data is being deleted. {waiting, plural, =0 {Nothing waits in line} one {# video in line is canceled} other {# videos in line are canceled}}; {rendering, plural, =0 {nothing is being made any more.} one {# video is finished and shown first, then it is erased as well.} other {# videos are finished and shown first, then they are erased as well.}}',
    unsure: 'My records did not answer in time, so this may not be stored. `/kling-me delete` shows where it stands.',
  },
  'zh-CN': {
    data: '这个文件包含我保存的关于你的所有数据。各部分的含义见机器人的 PRIVACY.md。',
    page: '第 {page, number} 页，共 {pages, number} 页，从新到旧。用 `/kling-me data` 的 `page` 查看其他页。',
    notNow: '现在拿不到你的数据，请过一分钟再试。',
    title: '删除你的数据',
    goes: '你的提示词、图片和视频的名称与链接、草稿、设置和历史记录会从我的数据库中删除。Discord 里的消息会保留，视频下方的“删除”可以删除那一条。视频服务商有它自己的记录。',
    tasks: '排队中的会被取消。正在制作的会先完成并显示给你，然后同样删除。',
    stays: '你本周期已用的积分和封禁会以你 ID 的带密钥哈希保存，直到结束。积分总数会保留，但不再与你相关。',
    eraseButton: '删除我的数据',
    bonus: '你有 {credits, number} 奖励积分。它们会随你的数据一起消失，无法恢复。',
    loseButton: '删除，并放弃 {credits, number} 奖励积分',
    asked:
      '正在删除你的数据。{waiting, plural, =0 {没有排队中的视频} other {# 个排队中的视频会被取消}}；{rendering, plural, =0 {没有正在制作的视频。} other {# 个视频会先完成并显示，然后同样删除。}}',
    unsure: '我的数据库没有及时回应，这可能没有保存。`/kling-me delete` 会显示进展。',
  },
  nl: {
    data: 'Alles wat over jou bewaard wordt, in dit bestand. Wat de delen betekenen, staat in PRIVACY.md van de bot.',
    page: 'Pagina {page, number} van {pages, number}, nieuwste eerst. `/kling-me data` met `page` geeft de andere.',
    notNow: 'Je gegevens zijn nu niet te krijgen. Probeer het over een minuut nog eens.',
    title: 'Je gegevens verwijderen',
    goes: 'Je prompts, de namen en links van afbeeldingen en video’s, concepten, instellingen en geschiedenis gaan uit mijn gegevens. Berichten in Discord blijven: *Verwijderen* onder een video haalt die weg. De videodienst heeft eigen gegevens.',
    tasks:
      'Wat in de wachtrij staat, wordt geannuleerd. Wat gemaakt wordt, wordt eerst afgemaakt en getoond, en dan ook gewist.',
    stays:
      'Wat je deze periode hebt uitgegeven en een blokkade blijven onder een hash met sleutel van je id tot ze aflopen. Totalen van credits blijven, zonder jou.',
    eraseButton: 'Mijn gegevens verwijderen',
    bonus:
      'Je hebt {credits, plural, one {# bonuscredit} other {# bonuscredits}}. Die gaan met je gegevens verloren, en niemand kan ze teruggeven.',
    loseButton: 'Verwijderen, en {credits, plural, one {# bonuscredit} other {# bonuscredits}} kwijtraken',
    asked:
      'Je gegevens worden verwijderd. {waiting, plural, =0 {Er wacht niets in de wachtrij} one {# video in de wachtrij wordt geannuleerd} other {# video’s in de wachtrij worden geannuleerd}}; {rendering, plural, =0 {er wordt niets meer gemaakt.} one {# video wordt eerst afgemaakt en getoond, en dan ook gewist.} other {# video’s worden eerst afgemaakt en getoond, en dan ook gewist.}}',
    unsure:
      'Mijn gegevens antwoordden niet op tijd, dus dit is misschien niet bewaard. `/kling-me delete` toont hoe het staat.',
  },
});
