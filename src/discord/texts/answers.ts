import { texts } from '../texts.ts';

/** The first answer to whatever a member did, other than a refusal. */
export const answers = texts({
  en: {
    waiting: 'in line; this message turns into the video',
    waitingPrivately: 'in line; this turns into the video, which comes by DM after 15 minutes',
    refusedPublicly: 'This request was not accepted; the reason was sent privately.',
    refusedUntold:
      'This request was not accepted, and the reason could not be sent. Nothing was charged; please try again.',
    unknown:
      'My records were away and I cannot say whether your request was accepted. If it was, the video comes here or by DM.',
    outdated: 'This is from another version of the bot and no longer works here. Please use `/kling`.',
    alreadyAsked: 'You have asked for this already{link}. It is made once.',
    recordsAway: 'My records cannot be reached right now. Please try again in a minute.',
    actUnknown:
      'My records went away, and I cannot say whether this was done. Please look before you do it again; what was done is in the log.',
    fault: 'Something went wrong on my side, and nothing was charged. Please try again.',
  },
  'zh-CN': {
    waiting: '排队中，视频做好后会出现在这条消息里',
    waitingPrivately: '排队中，这条消息会变成视频；超过 15 分钟则私信发给你',
    refusedPublicly: '这个请求没有被接受，原因已私下告知。',
    refusedUntold: '这个请求没有被接受，原因没能发出去。没有扣除积分，请再试一次。',
    unknown: '刚才连不上我的数据库，还不确定你的请求是否已被接受。如果已接受，视频会发到这里或通过私信发给你。',
    outdated: '这是机器人另一个版本留下的，在这里已经不能用了。请使用 `/kling`。',
    alreadyAsked: '这个视频你已经请求过了{link}，只会制作一次。',
    recordsAway: '现在连不上我的数据库，请过一分钟再试。',
    actUnknown: '连不上我的数据库，不确定这是否已经完成。再做一次之前请先查看，做过的事都在日志里。',
    fault: '我这边出了点问题，没有扣除积分。请再试一次。',
  },
  nl: {
    waiting: 'in de wachtrij; dit bericht wordt straks de video',
    waitingPrivately: 'in de wachtrij; dit wordt straks de video, die na 15 minuten in een DM komt',
    refusedPublicly: 'Deze aanvraag is niet aangenomen; de reden is privé verstuurd.',
    refusedUntold:
      'Deze aanvraag is niet aangenomen en de reden kon niet worden verstuurd. Er is niets afgeschreven; probeer het nog eens.',
    unknown:
      'Ik kon even niet bij mijn gegevens en weet niet of je aanvraag is aangenomen. Zo ja, dan komt de video hier of in een DM.',
    outdated: 'Dit komt van een andere versie van de bot en werkt hier niet meer. Gebruik `/kling`.',
    alreadyAsked: 'Hier heb je al om gevraagd{link}. Het wordt één keer gemaakt.',
    recordsAway: 'Ik kan nu niet bij mijn gegevens. Probeer het over een minuut nog eens.',
    actUnknown:
      'Ik kon niet meer bij mijn gegevens en weet niet of dit gedaan is. Kijk eerst voor je het nog eens doet; wat gedaan is, staat in het logboek.',
    fault: 'Er ging aan mijn kant iets mis; er is niets afgeschreven. Probeer het nog eens.',
  },
});
