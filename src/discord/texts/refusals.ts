import { texts } from '../texts.ts';

/** An expected no: which rule, what is allowed, when it changes. `renews` is a `<t:…>`. */
export const refusals = texts({
  en: {
    uncharged: '{reason} Nothing was charged.',
    promptEmpty: 'The prompt is empty. It takes 1 to {max, number} characters.',
    promptLong: 'The prompt has {length, number} characters; at most {max, number} are allowed.',
    setting: '`{name}` can be {allowed}.',
    unknownOption: 'There is no option `{name}`.',
    tooManyImages: 'At most {max, plural, one {# image} other {# images}} can be attached.',
    quota:
      'A video costs {cost, plural, one {# credit} other {# credits}} and you have {left, number} left of {quota, number}. Your allowance renews {renews}.',
    budget:
      'The whole community has {left, plural, one {# credit} other {# credits}} left in this period and a video costs {cost, number}. The budget renews {renews}.',
    noAllowance:
      'A video costs {cost, plural, one {# credit} other {# credits}} and you have {left, number} left. You have no allowance here that would renew.',
    guildCap:
      'A video costs {cost, plural, one {# credit} other {# credits}}. The managers of this server let each member use {max, number} here in a period, and you have {left, number} of them left. They renew {renews}.',
    guildBudget:
      'This server has {left, plural, one {# credit} other {# credits}} left in this period and a video costs {cost, number}. Its budget renews {renews}.',
    paused: 'The bot is paused and takes nothing new for now. Videos under way still arrive.',
    pausedWith:
      'The bot is paused and takes nothing new for now. Videos under way still arrive. Its operators say: {message}',
    blockedUser: 'The operators of this bot have blocked you.',
    blockedServer: 'The operators of this bot have blocked this server.',
    blockedMember: 'The managers of this server have blocked you from using this bot here.',
    forbiddenPrompt: 'The operators of this bot do not allow what this prompt says.',
    notAgeRestricted:
      'The operators of this bot let videos be made in age-restricted channels alone, and this is none.',
    lineFull:
      'You have {max, plural, one {# video waiting, which is the most allowed. There is room again as soon as it starts.} other {# videos waiting, which is the most allowed. There is room again as soon as one of them starts.}}',
    stranger: 'This bot is for members of the servers that run it.',
    membershipUnknown:
      'Discord did not say whether you are a member of a server that runs this bot. Please try again in a moment.',
    keyRefused:
      'The video provider does not let me in now, so I accept nothing. The operators of this bot have been told; please try again later.',
    noCredits:
      'The account at the video provider that pays for all is empty, so I accept nothing. The operators of this bot have been told; please try again later.',
    notOfferedHere:
      'The managers of this server do not let you use this here. They choose channels, roles and members in Server Settings > Integrations.',
    rulesUnknown: 'Discord did not say whether you may use this here. Please try again in a moment.',
    away: 'My records cannot be reached right now, so I accepted nothing. Please try again in a minute.',
    draftChanged: 'This draft has ended or changed. Please look at it again.',
    tooManyDrafts:
      'I answer {most, plural, one {# message} other {# messages}} of yours a minute, and this one was one more. Please send it again in a minute.',
    imageType: '{file} is not a JPEG, PNG or WebP picture.',
    imageSize: '{file} is larger than {max, number} MB, the most allowed for a picture.',
    imageEmpty: '{file} is empty.',
    imageHost: '{file} is not an attachment uploaded to Discord.',
    imageTruncated: '{file} is damaged or cut short.',
    imageUnreadable: '{file} can no longer be read from Discord. Please attach it again.',
  },
  'zh-CN': {
    uncharged: '{reason}没有扣除积分。',
    promptEmpty: '提示词是空的，请填写 1 到 {max, number} 个字符。',
    promptLong: '提示词有 {length, number} 个字符，最多只能有 {max, number} 个。',
    setting: '`{name}` 可以是{allowed}。',
    unknownOption: '没有 `{name}` 这个选项。',
    tooManyImages: '最多只能附上 {max, number} 张图片。',
    quota:
      '一个视频需要 {cost, number} 积分，而你的 {quota, number} 积分额度还剩 {left, number}。额度会在 {renews} 恢复。',
    budget: '整个社区本期还剩 {left, number} 积分，而一个视频需要 {cost, number} 积分。预算会在 {renews} 恢复。',
    noAllowance: '一个视频需要 {cost, number} 积分，而你还剩 {left, number}。你在这里没有会恢复的额度。',
    guildCap:
      '一个视频需要 {cost, number} 积分。这个服务器的管理员让每位成员每期在这里最多使用 {max, number} 积分，你还剩 {left, number}。额度会在 {renews} 恢复。',
    guildBudget: '这个服务器本期还剩 {left, number} 积分，而一个视频需要 {cost, number} 积分。预算会在 {renews} 恢复。',
    paused: '机器人已暂停，暂时不接受新的请求。正在制作的视频仍会送达。',
    pausedWith: '机器人已暂停，暂时不接受新的请求。正在制作的视频仍会送达。运营者说：{message}',
    blockedUser: '机器人的运营者已屏蔽你。',
    blockedServer: '机器人的运营者已屏蔽这个服务器。',
    blockedMember: '这个服务器的管理员已禁止你在这里使用这个机器人。',
    forbiddenPrompt: '这个机器人的运营者不允许这样的提示词。',
    notAgeRestricted: '这个机器人的运营者只允许在年龄限制频道里制作视频，而这里不是。',
    lineFull: '你有 {max, number} 个视频在排队，已经到上限了。其中一个开始生成后就有空位了。',
    stranger: '这个机器人只为运行它的服务器的成员服务。',
    membershipUnknown: 'Discord 没有告诉我你是不是运行这个机器人的服务器的成员。请稍后再试。',
    keyRefused: '视频供应商现在不让我使用，所以没有接受你的请求。已通知机器人的运营者，请稍后再试。',
    noCredits: '为大家付费的供应商账户没有积分了，所以没有接受你的请求。已通知机器人的运营者，请稍后再试。',
    notOfferedHere:
      '这个服务器的管理员不允许你在这里使用这个功能。频道、身份组和成员由他们在“服务器设置 > 整合”中选择。',
    rulesUnknown: 'Discord 没有告诉我你能不能在这里使用这个功能。请稍后再试。',
    away: '现在连不上我的数据库，所以没有接受你的请求。请过一分钟再试。',
    draftChanged: '这个草稿已经结束或有了变化，请再看一下。',
    tooManyDrafts: '我一分钟最多回复你 {most, number} 条消息，这一条超出了。请过一分钟再发一次。',
    imageType: '{file} 不是 JPEG、PNG 或 WebP 图片。',
    imageSize: '{file} 超过了 {max, number} MB 的图片大小上限。',
    imageEmpty: '{file} 是空文件。',
    imageHost: '{file} 不是上传到 Discord 的附件。',
    imageTruncated: '{file} 已损坏或不完整。',
    imageUnreadable: '{file} 已经无法从 Discord 读取，请重新上传。',
  },
  nl: {
    uncharged: '{reason} Er is niets afgeschreven.',
    promptEmpty: 'De prompt is leeg. Schrijf 1 tot {max, number} tekens.',
    promptLong: 'De prompt telt {length, number} tekens; hooguit {max, number} mag.',
    setting: '`{name}` kan {allowed} zijn.',
    unknownOption: 'De optie `{name}` bestaat niet.',
    tooManyImages: 'Je kunt hooguit {max, plural, one {# afbeelding} other {# afbeeldingen}} meesturen.',
    quota:
      'Een video kost {cost, plural, one {# credit} other {# credits}} en van je {quota, number} heb je er nog {left, number} over. Je tegoed wordt {renews} aangevuld.',
    budget:
      'De hele community heeft deze periode nog {left, plural, one {# credit} other {# credits}} over en een video kost er {cost, number}. Het budget wordt {renews} aangevuld.',
    noAllowance:
      'Een video kost {cost, plural, one {# credit} other {# credits}} en je hebt er nog {left, number}. Je hebt hier geen tegoed dat wordt aangevuld.',
    guildCap:
      'Een video kost {cost, plural, one {# credit} other {# credits}}. De beheerders van deze server laten elk lid hier {max, number} per periode gebruiken, en daarvan heb je er nog {left, number}. Ze worden {renews} aangevuld.',
    guildBudget:
      'Deze server heeft deze periode nog {left, plural, one {# credit} other {# credits}} over en een video kost er {cost, number}. Het budget wordt {renews} aangevuld.',
    paused: "De bot staat even stil en neemt niets nieuws aan. Video's die al in de maak zijn, komen gewoon aan.",
    pausedWith:
      "De bot staat even stil en neemt niets nieuws aan. Video's die al in de maak zijn, komen gewoon aan. Bericht van de beheerders van de bot: {message}",
    blockedUser: 'De beheerders van deze bot hebben je geblokkeerd.',
    blockedServer: 'De beheerders van deze bot hebben deze server geblokkeerd.',
    blockedMember: 'De beheerders van deze server hebben je hier voor deze bot geblokkeerd.',
    forbiddenPrompt: 'De beheerders van deze bot staan niet toe wat er in deze prompt staat.',
    notAgeRestricted:
      "De beheerders van deze bot laten alleen video's maken in kanalen met een leeftijdsgrens, en dit is er geen.",
    lineFull:
      "Je hebt {max, plural, one {# video in de wachtrij, en meer mag niet. Zodra die begint, is er weer plek.} other {# video's in de wachtrij, en meer mag niet. Zodra er een begint, is er weer plek.}}",
    stranger: 'Deze bot is er alleen voor leden van de servers die hem draaien.',
    membershipUnknown:
      'Discord liet niet weten of je lid bent van een server die deze bot draait. Probeer het zo nog eens.',
    keyRefused:
      'De videoaanbieder laat mij nu niet toe, dus ik heb niets aangenomen. De beheerders van deze bot weten het; probeer het later nog eens.',
    noCredits:
      'De rekening bij de videoaanbieder waarvan alles wordt betaald is leeg, dus ik heb niets aangenomen. De beheerders van deze bot weten het; probeer het later nog eens.',
    notOfferedHere:
      'De beheerders van deze server laten je dit hier niet gebruiken. Zij kiezen kanalen, rollen en leden in Serverinstellingen > Integraties.',
    rulesUnknown: 'Discord liet niet weten of je dit hier mag gebruiken. Probeer het zo nog eens.',
    away: 'Ik kan nu niet bij mijn gegevens, dus ik heb niets aangenomen. Probeer het over een minuutje nog eens.',
    draftChanged: 'Dit concept is beëindigd of gewijzigd. Kijk er nog eens naar.',
    tooManyDrafts:
      'Ik beantwoord {most, plural, one {# bericht} other {# berichten}} per minuut van je, en dit was er een te veel. Stuur het over een minuutje nog eens.',
    imageType: '{file} is geen afbeelding in JPEG, PNG of WebP.',
    imageSize: '{file} is groter dan {max, number} MB, het maximum voor een afbeelding.',
    imageEmpty: '{file} is leeg.',
    imageHost: '{file} is geen bijlage die naar Discord is geüpload.',
    imageTruncated: '{file} is beschadigd of niet compleet.',
    imageUnreadable: '{file} is niet meer bij Discord op te halen. Voeg het bestand opnieuw toe.',
  },
});
