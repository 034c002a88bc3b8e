import { texts } from '../texts.ts';

/** Said below the reply once a long render has ended. `who` mentions the member; `link` leads to the reply, if it is known. */
export const pingTexts = texts({
  en: {
    done: '{who} your video is done. {link}',
    failed: '{who} your video could not be made. {link}',
  },
  'zh-CN': {
    done: '{who} 你的视频做好了。{link}',
    failed: '{who} 你的视频没能做出来。{link}',
  },
  nl: {
    done: '{who} je video is klaar. {link}',
    failed: '{who} je video kon niet worden gemaakt. {link}',
  },
});
