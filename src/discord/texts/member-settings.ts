import { texts } from '../texts.ts';

/** What `/kling-me settings` shows. */
export const memberSettings = texts({
  en: {
    title: 'Your settings',
    pingOn: 'Ping: on. You are mentioned when a video of yours is done.',
    pingOff: 'Ping: off. You are not mentioned when a video of yours is done.',
    turnPingOnButton: 'Turn the ping on',
    turnPingOffButton: 'Turn the ping off',
    everywhere: 'They hold wherever you use me.',
    unsure: 'My records did not answer in time, so this may not be saved. `/kling-me settings` shows what holds.',
  },
  'zh-CN': {
    title: '你的设置',
    pingOn: '提醒：开。视频完成时会 @ 你。',
    pingOff: '提醒：关。视频完成时不会 @ 你。',
    turnPingOnButton: '打开提醒',
    turnPingOffButton: '关闭提醒',
    everywhere: '无论你在哪里使用我都有效。',
    unsure: '我的数据库没有及时回应，这次更改可能没有保存。`/kling-me settings` 会显示当前的设置。',
  },
  nl: {
    title: 'Jouw instellingen',
    pingOn: 'Ping: aan. Je wordt genoemd als een video van jou klaar is.',
    pingOff: 'Ping: uit. Je wordt niet genoemd als een video van jou klaar is.',
    turnPingOnButton: 'Ping aanzetten',
    turnPingOffButton: 'Ping uitzetten',
    everywhere: 'Ze gelden overal waar je me gebruikt.',
    unsure:
      'Mijn gegevens antwoordden niet op tijd, dus dit is misschien niet bewaard. `/kling-me settings` toont wat geldt.',
  },
});
