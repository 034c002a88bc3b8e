import { texts } from '../texts.ts';

/** *Report video*, in the menu of a message. */
export const reportTexts = texts({
  en: {
    name: 'Report video',
    reported: 'Thank you. The operators of this bot have your report of this video; your name is on it.',
    noTask:
      'This is no video of mine, so there is nothing here that I could report. Other messages can be reported to Discord or to the moderators of the server.',
    tooMany:
      'You have reported {most, plural, one {# video} other {# videos}} in the last 24 hours, which is the most allowed. Please tell the moderators of the server, or the operators of this bot.',
  },
  'zh-CN': {
    name: '举报视频',
    reported: '谢谢。机器人的运营者已收到你对这个视频的举报，上面有你的名字。',
    noTask: '这不是我的视频，所以这里没有我能举报的内容。其他消息可以向 Discord 或这个服务器的管理员举报。',
    tooMany: '你在过去 24 小时里已举报 {most, number} 个视频，达到上限了。请告诉这个服务器的管理员，或机器人的运营者。',
  },
  nl: {
    name: 'Video melden',
    reported: 'Dank je. De beheerders van deze bot hebben je melding van deze video; je naam staat erbij.',
    noTask:
      'Dit is geen video van mij, dus hier valt niets te melden. Andere berichten kun je melden bij Discord of bij de moderators van de server.',
    tooMany:
      "Je hebt de afgelopen 24 uur {most, plural, one {# video} other {# video's}} gemeld, en meer mag niet. Zeg het tegen de moderators van de server of de beheerders van deze bot.",
  },
});
