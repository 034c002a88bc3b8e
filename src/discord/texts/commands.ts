import { texts } from '../texts.ts';

/** What Discord's command picker shows. Texts of the parameters stand in their table (src/domain/parameters.ts). */
export const commandTexts = texts({
  en: {
    modelDescription: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
    privateLabel: 'private',
    creditsDescription: 'Your credits: allowance, spent, held, bonus, when it renews, last entries',
    historyDescription: 'Your videos, newest first: show one again, make it anew, or have it delivered',
    helpDescription: 'What a video costs, the rules, your privacy, and how to report',
    meDescription: 'What is yours: your settings, your data',
    dataDescription: 'All that is stored about you, as a file',
    pageDescription: 'Which page, if there is too much for one file; the newest is 1',
    deleteDescription: 'Delete all that is stored about you',
    settingsDescription: 'Your settings: the ping when a video is done',
    privateDescription: 'Only you see the answer, to the end; a video after 15 minutes comes by DM',
  },
  'zh-CN': {
    modelDescription: '{what}（{name}，{credits, number} 积分）',
    privateLabel: '仅自己可见',
    creditsDescription: '你的积分：额度、已用、预留、奖励、恢复时间和最近的记录',
    historyDescription: '你的视频，从新到旧：再次显示、重新生成，或重新发送',
    helpDescription: '视频的费用、规则、隐私和举报方式',
    meDescription: '属于你的：你的设置和数据',
    dataDescription: '以文件形式导出我保存的关于你的所有数据',
    pageDescription: '数据太多时查看第几页，最新的是第 1 页',
    deleteDescription: '删除我保存的关于你的所有数据',
    settingsDescription: '你的设置：视频完成时的提醒',
    privateDescription: '从头到尾只有你能看到；超过 15 分钟的视频会私信发给你',
  },
  nl: {
    modelDescription: '{what} ({name}, {credits, plural, one {# credit} other {# credits}})',
    privateLabel: 'privé',
    creditsDescription: 'Je credits: tegoed, uitgegeven, vastgehouden, bonus, wanneer aangevuld en de laatste posten',
    historyDescription: 'Je video’s, nieuwste eerst: toon er een opnieuw, maak hem nog eens, of laat hem bezorgen',
    helpDescription: 'Wat een video kost, de regels, je gegevens, en hoe je iets meldt',
    meDescription: 'Wat van jou is: je instellingen en gegevens',
    dataDescription: 'Alles wat over jou bewaard wordt, als bestand',
    pageDescription: 'Welke pagina, als het te veel is voor één bestand; de nieuwste is 1',
    deleteDescription: 'Verwijder alles wat over jou bewaard wordt',
    settingsDescription: 'Je instellingen: de ping als een video klaar is',
    privateDescription: 'Alleen jij ziet het antwoord, tot het eind; een video na 15 minuten komt in een DM',
  },
});
