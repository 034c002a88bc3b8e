import { texts } from '../texts.ts';

/** What operators are told unasked. `renews` is a `<t:…>`. */
export const alarmTexts = texts({
  en: {
    budget:
      'The budget of {most, number} credits for all members is used up. It renews {renews}; until then members are told so.',
    guildBudget:
      'The budget of {most, number} credits for server `{server}` is used up. It renews {renews}; until then its members are told so.',
    balance:
      'The provider account has {credits, plural, one {# credit} other {# credits}} left, fewer than {least, number}. Please top it up: with too few for a video I accept nothing, and begin again by myself.',
    uncertain:
      'Task `{id}` may have been made and paid without my knowing; its credits were given back and its member knows. Please look at the provider for the request of that name. If there is a render, give its id by `/kling-admin task`, in `attach`.',
    report:
      '{by} reports a video of {owner}: {link}. All about it: `/kling-admin task` with `{id}`; what it says there is for operators alone. `/kling-admin block` keeps somebody out.',
    key: 'The provider refuses RIVYA_API_KEY. I accept nothing new until it takes the key again, or until I am started with another one. What was accepted waits for that, for a while.',
  },
  'zh-CN': {
    budget: '所有成员合计 {most, number} 积分的预算已经用完，会在 {renews} 恢复；在那之前会这样告知成员。',
    guildBudget:
      '服务器 `{server}` 的 {most, number} 积分预算已经用完，会在 {renews} 恢复；在那之前会这样告知那里的成员。',
    balance:
      '供应商账户只剩 {credits, number} 积分，少于 {least, number}。请充值：不够做一个视频时我不再接受请求，充值后会自动恢复。',
    uncertain:
      '任务 `{id}` 可能已经制作并扣费，而我不知道结果；积分已退还，成员也知道。请在供应商那里查找以任务编号命名的请求。如果有渲染，请用 `/kling-admin task` 在 `attach` 填写编号。',
    report:
      '{by} 举报了 {owner} 的视频：{link} 。详情请用 `/kling-admin task` 查看 `{id}`，只有运营者能看到。`/kling-admin block` 可以屏蔽用户。',
    key: '供应商拒绝 RIVYA_API_KEY。在它重新接受这个密钥，或换用新密钥启动之前，我不接受新的请求。已接受的请求会等待一段时间。',
  },
  nl: {
    budget:
      'Het budget van {most, number} credits voor alle leden is op. Het wordt {renews} aangevuld; tot dan horen leden dat.',
    guildBudget:
      'Het budget van {most, number} credits voor server `{server}` is op. Het wordt {renews} aangevuld; tot dan horen leden daar dat.',
    balance:
      'De rekening bij de aanbieder heeft nog {credits, plural, one {# credit} other {# credits}}, minder dan {least, number}. Vul haar aan: is er te weinig voor een video, dan neem ik niets aan; daarna begin ik vanzelf weer.',
    uncertain:
      'Taak `{id}` is misschien gemaakt en betaald zonder dat ik het weet; de credits zijn teruggegeven en het lid weet het. Zoek bij de aanbieder naar de aanvraag met die naam. Is er een render, geef dan het id met `/kling-admin task`, in `attach`.',
    report:
      '{by} meldt een video van {owner}: {link}. Alles erover: `/kling-admin task` met `{id}`; alleen beheerders van de bot zien dat. Met `/kling-admin block` sluit je iemand buiten.',
    key: 'De aanbieder weigert RIVYA_API_KEY. Ik neem niets nieuws aan tot de sleutel weer werkt, of tot ik met een andere start. Wat al aangenomen was, wacht daar een tijd op.',
  },
});
