import { texts } from '../texts.ts';

/** What Discord's command picker shows. Texts of the parameters stand in their table (src/domain/parameters.ts). */
export const commandTexts = texts({
  en: {
    modelDescription: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
    privateLabel: 'private',
    creditsDescription: 'Your credits: allowance, spent, held, bonus, when it renews, last entries',
    historyDescription: 'Your videos, newest first: show one again, make it anew, or have it delivered',
    helpDescription: 'What a video costs, the rules, your privacy, and how to report',
    meDescription: 'What is yours: your settings',
    settingsDescription: 'Your settings: the ping when a video is done',
    privateDescription: 'Only you see the answer, to the end; a video after 15 minutes comes by DM',
  },
  'zh-CN': {
    modelDescription: '{what}（{name}，{credits, number} 积分）',
    privateLabel: '仅自己可见',
    creditsDescription: '你的积分：额度、已用、预留、奖励、恢复时间和最近的记录',
    historyDescription: '你的视频，从新到旧：再次显示、重新生成，或重新发送',
    helpDescription: '视频的费用、规则、隐私和举报方式',
    meDescription: '属于你的：你的设置',
    settingsDescription: '你的设置：视频完成时的提醒',
    privateDescription: '从头到尾只有你能看到；超过 15 分钟的视频会私信发给你',
  },
  nl: {
    modelDescription: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
    privateLabel: 'privé',
    creditsDescription: 'Je credits: tegoed, uitgegeven, vastgehouden, bonus, wanneer aangevuld en de laatste posten',
    historyDescription: 'Je video’s, nieuwste eerst: toon er een opnieuw, maak hem nog eens, of laat hem bezorgen',
    helpDescription: 'Wat een video kost, de regels, je gegevens, en hoe je iets meldt',
    meDescription: 'Wat van jou is: je instellingen',
    settingsDescription: 'Je instellingen: de ping als een video klaar is',
    privateDescription: 'Alleen jij ziet het antwoord, tot het eind; een video na 15 minuten komt in een DM',
  },
});
