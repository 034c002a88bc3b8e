import { makeOpenVideo } from '#src/app/video.ts';
import { makeUpload } from '#src/discord/upload.ts';
import { openResults } from '#src/rivya/results.ts';
import type { Parts } from './parts.ts';

export type Videos = ReturnType<typeof openVideos>;

/** Finished videos, from where they lie to Discord. */
export function openVideos({ config, log, store, rivya }: Pick<Parts, 'config' | 'log' | 'store' | 'rivya'>) {
  const results = openResults(config.rivya.url);
  const uploads = makeUpload(config.discord.apiUrl, config.discord.token);
  const openVideo = makeOpenVideo({ ...store, log, openResult: results.open, readRender: rivya.read });
  return {
    openVideo,
    upload: uploads.upload,
    async close(): Promise<void> {
      await uploads.close();
      await results.close();
    },
  };
}
