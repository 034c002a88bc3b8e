/** Languages the bot is worded in. Discord's locale keys; `en` stands for every English one. */
export const languages = ['en', 'zh-CN', 'nl'] as const;
export type Language = (typeof languages)[number];
export type Texts = { readonly [L in Language]: string };

type Common = { readonly required: boolean; readonly label: Texts; readonly description: Texts };

/** `choice`: one of the strings listed. `switch`: true or false to people, "true" or "false" to the provider. */
export type Parameter =
  | (Common & {
      readonly kind: 'choice';
      readonly default: string;
      readonly options: readonly string[];
      /** Words for an option where its value alone says too little. */
      readonly words?: { readonly [option: string]: Texts };
      /** What follows a value that is a bare figure, as in "5 s". */
      readonly unit?: Texts;
    })
  | (Common & { readonly kind: 'switch'; readonly default: boolean })
  | (Common & { readonly kind: 'number'; readonly default?: number; readonly min: number; readonly max: number })
  | (Common & { readonly kind: 'text'; readonly maxLength: number });

export type ImageRule = { readonly mimeType: string; readonly extensions: readonly `.${string}`[] };

/** What one model of the provider takes and costs. Everything that depends on the model is derived from its row. */
export type Model = {
  readonly id: string;
  readonly name: string;
  readonly baseCredits: number;
  readonly description: Texts;
  readonly prompt: { readonly maxLength: number; readonly label: Texts; readonly description: Texts };
  readonly images: {
    readonly maxBytes: number;
    readonly types: readonly ImageRule[];
    /** One slash option each, in the order in which they are sent. */
    readonly slots: readonly { readonly name: string; readonly label: Texts; readonly description: Texts }[];
  };
  readonly parameters: { readonly [key: string]: Parameter };
};

const seconds = { en: 's', 'zh-CN': '秒', nl: 's' } as const;

/** Facts: rivya-api.md §3.1 (docs/api/models/kling-3-0), labels §3.3. Prompt length in UTF-16 units, 10 MB as 10 × 2^20. */
export const kling = {
  id: 'kling-3-0',
  name: 'Kling 3.0',
  baseCredits: 90,
  description: {
    en: 'Turn a prompt, and up to two images, into a video',
    'zh-CN': '用提示词和最多两张图片生成视频',
    nl: 'Maak een video van een prompt en hooguit twee afbeeldingen',
  },
  prompt: {
    maxLength: 2000,
    label: { en: 'Prompt', 'zh-CN': '提示词', nl: 'Prompt' },
    description: {
      en: 'What happens in the video',
      'zh-CN': '描述视频里要发生的事',
      nl: 'Wat er in de video gebeurt',
    },
  },
  images: {
    maxBytes: 10 * 2 ** 20,
    types: [
      { mimeType: 'image/jpeg', extensions: ['.jpg', '.jpeg'] },
      { mimeType: 'image/png', extensions: ['.png'] },
      { mimeType: 'image/webp', extensions: ['.webp'] },
    ],
    slots: [
      {
        name: 'image',
        label: { en: 'Image', 'zh-CN': '图片', nl: 'Afbeelding' },
        description: {
          en: 'Reference image (Kling usually makes it the first frame): JPEG, PNG or WebP, 10 MB at most',
          'zh-CN': '参考图片（Kling 通常用作首帧）：JPEG、PNG 或 WebP，最大 10 MB',
          nl: 'Referentiebeeld (meestal het eerste beeld): JPEG, PNG of WebP, hooguit 10 MB',
        },
      },
      {
        name: 'image_2',
        label: { en: 'Image 2', 'zh-CN': '图片2', nl: 'Afbeelding 2' },
        description: {
          en: 'Second reference image (Kling usually makes it the last frame)',
          'zh-CN': '第二张参考图片（Kling 通常用作尾帧）',
          nl: 'Tweede referentiebeeld (meestal het laatste beeld)',
        },
      },
    ],
  },
  parameters: {
    mode: {
      kind: 'choice',
      required: false,
      default: 'pro',
      options: ['std', 'pro'],
      words: {
        std: { en: 'Standard', 'zh-CN': '标准', nl: 'Standaard' },
        pro: { en: 'Pro', 'zh-CN': '专业', nl: 'Pro' },
      },
      label: { en: 'Generation mode', 'zh-CN': '生成模式', nl: 'Generatiemodus' },
      description: {
        en: 'Quality of the video',
        'zh-CN': '视频质量',
        nl: 'Kwaliteit van de video',
      },
    },
    multi_shots: {
      kind: 'switch',
      required: false,
      default: false,
      label: { en: 'Shot mode', 'zh-CN': '镜头模式', nl: 'Shotmodus' },
      description: {
        en: 'Several shots instead of one',
        'zh-CN': '用多个镜头，而不是一个',
        nl: 'Meerdere shots in plaats van één',
      },
    },
    duration: {
      kind: 'choice',
      required: false,
      default: '5',
      options: ['3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15'],
      unit: seconds,
      label: { en: 'Duration', 'zh-CN': '视频时长', nl: 'Duur' },
      description: { en: 'Length of the video', 'zh-CN': '视频长度', nl: 'Lengte van de video' },
    },
    sound: {
      kind: 'switch',
      required: false,
      default: false,
      label: { en: 'Generate audio', 'zh-CN': '生成音频', nl: 'Audio genereren' },
      description: {
        en: 'Make sound to go with the picture',
        'zh-CN': '为画面配上声音',
        nl: 'Maak er geluid bij',
      },
    },
    aspect_ratio: {
      kind: 'choice',
      required: false,
      default: '16:9',
      options: ['16:9', '9:16', '1:1'],
      label: { en: 'Aspect ratio', 'zh-CN': '宽高比', nl: 'Beeldverhouding' },
      description: { en: 'Shape of the picture', 'zh-CN': '画面的形状', nl: 'Vorm van het beeld' },
    },
  },
} as const satisfies Model;

type Value<P extends Parameter> = P extends { kind: 'choice'; options: readonly (infer O)[] }
  ? O
  : P extends { kind: 'switch' }
    ? boolean
    : P extends { kind: 'number' }
      ? number
      : string;
type Certain<P extends Parameter> = P extends { required: true } | { default: unknown } ? true : false;

/** The values of a model's parameters once read: whatever has a default or is required is there. */
export type SettingsOf<M extends Model> = {
  readonly [K in keyof M['parameters'] as Certain<M['parameters'][K]> extends true ? K : never]: Value<
    M['parameters'][K]
  >;
} & {
  readonly [K in keyof M['parameters'] as Certain<M['parameters'][K]> extends true ? never : K]?: Value<
    M['parameters'][K]
  >;
};

export type KlingSettings = SettingsOf<typeof kling>;
/** Settings as rows and messages carry them, whichever the model. */
export type Settings = { readonly [key: string]: string | number | boolean };
