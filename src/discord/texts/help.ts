import { texts } from '../texts.ts';

/** What `/kling-help` says; figures are those of this bot. */
export const helpTexts = texts({
  en: {
    costTitle: 'Cost',
    cost: 'A video costs {credits, plural, one {# credit} other {# credits}}. They are held when you ask and booked when it is done; what fails or is canceled costs nothing.',
    perDay:
      'Each member has {quota, number} per day, unless a role, a server or you have another figure: see `/kling-credits`.',
    perWeek:
      'Each member has {quota, number} per week, unless a role, a server or you have another figure: see `/kling-credits`.',
    perMonth:
      'Each member has {quota, number} per month, unless a role, a server or you have another figure: see `/kling-credits`.',
    rulesTitle: 'Rules',
    rules:
      'Of each member {active, number} at a time are made and at most {waiting, number} wait in line. What Discord or this server forbids is forbidden here too, and the video provider may refuse a request.',
    animate: 'From the pictures of a message: its menu, *Apps*, *Animate with Kling*.',
    settings: 'Whether you are pinged when a video is done: `/kling-me settings`.',
    privacyTitle: 'Privacy',
    privacy:
      'Prompt, settings and images go to the video provider ({model} at Rivya). I keep who asked for what, with its cost and the link to the video; see `/kling-history`. Prompts, links and videos that could not be shown are removed after {days, plural, one {# day} other {# days}}. With `private` only you see the answer. All that is stored about you, or its removal: `/kling-me data`, `/kling-me delete`; more in the bot’s PRIVACY.md.',
    reportTitle: 'Reporting',
    report:
      'A video of mine: its menu, *Apps*, *Report video*; the operators of this bot are told, with your name. Any message: *Report* in its menu tells Discord. Or tell the moderators of the server.',
    operators: 'The operators of this bot: {people}',
  },
  'zh-CN': {
    costTitle: '费用',
    cost: '一个视频需要 {credits, number} 积分。请求时预留，完成后入账；失败或取消不收费。',
    perDay: '每位成员每天有 {quota, number} 积分；身份组、服务器或你本人可能另有额度，请看 `/kling-credits`。',
    perWeek: '每位成员每周有 {quota, number} 积分；身份组、服务器或你本人可能另有额度，请看 `/kling-credits`。',
    perMonth: '每位成员每月有 {quota, number} 积分；身份组、服务器或你本人可能另有额度，请看 `/kling-credits`。',
    rulesTitle: '规则',
    rules:
      '每位成员同时制作 {active, number} 个，最多 {waiting, number} 个排队。Discord 或这个服务器禁止的内容在这里同样禁止，视频服务商也可能拒绝请求。',
    animate: '用一条消息里的图片制作：在它的菜单里选“应用”和“用 Kling 制作视频”。',
    settings: '视频完成时是否提醒你：`/kling-me settings`。',
    privacyTitle: '隐私',
    privacy:
      '提示词、设置和图片会发送给视频服务商（Rivya 的 {model}）。我会保存谁请求了什么、费用和视频链接，请看 `/kling-history`。提示词、链接和没能显示的视频会在 {days, number} 天后删除。使用“仅自己可见”时，只有你能看到回复。查看或删除关于你的数据：`/kling-me data`、`/kling-me delete`；详见机器人的 PRIVACY.md。',
    reportTitle: '举报',
    report:
      '我的视频：消息菜单 > “应用” > “举报视频”，会连同你的名字告知机器人的运营者。任何消息都可以在菜单里向 Discord 举报，也可以告诉这个服务器的管理员。',
    operators: '这个机器人的运营者：{people}',
  },
  nl: {
    costTitle: 'Kosten',
    cost: 'Een video kost {credits, plural, one {# credit} other {# credits}}. Die worden vastgehouden als je erom vraagt en geboekt als hij klaar is; wat mislukt of geannuleerd wordt, kost niets.',
    perDay:
      'Elk lid heeft {quota, number} per dag, tenzij voor een rol, een server of jou iets anders geldt: zie `/kling-credits`.',
    perWeek:
      'Elk lid heeft {quota, number} per week, tenzij voor een rol, een server of jou iets anders geldt: zie `/kling-credits`.',
    perMonth:
      'Elk lid heeft {quota, number} per maand, tenzij voor een rol, een server of jou iets anders geldt: zie `/kling-credits`.',
    rulesTitle: 'Regels',
    rules:
      'Per lid worden er {active, number} tegelijk gemaakt en wachten er hooguit {waiting, number}. Wat Discord of deze server verbiedt, mag hier ook niet, en de videodienst kan een aanvraag weigeren.',
    animate: 'Van de afbeeldingen van een bericht: in het menu ervan, *Apps*, *Animeren met Kling*.',
    settings: 'Of je een ping krijgt als een video klaar is: `/kling-me settings`.',
    privacyTitle: 'Jouw gegevens',
    privacy:
      'Prompt, instellingen en afbeeldingen gaan naar de videodienst ({model} bij Rivya). Ik bewaar wie waarom vroeg, met de kosten en de link naar de video; zie `/kling-history`. Prompts, links en video’s die niet getoond konden worden, gaan na {days, plural, one {# dag} other {# dagen}} weg. Met `privé` zie alleen jij het antwoord. Alles wat over jou bewaard wordt, of het wissen ervan: `/kling-me data`, `/kling-me delete`; meer in PRIVACY.md van de bot.',
    reportTitle: 'Melden',
    report:
      'Een video van mij: in het menu ervan, *Apps*, *Video melden*; de beheerders van de bot horen het, met je naam. Elk bericht kun je in het menu ervan bij Discord melden, of bij de moderators van de server.',
    operators: 'De beheerders van deze bot: {people}',
  },
});
