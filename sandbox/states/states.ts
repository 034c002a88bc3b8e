/** What a reply can look like, in the order in which the pictures stand. `shows` is said beside each. */
export const states = [
  { name: 'waiting', title: 'Waiting', shows: 'Accepted, and in line for a place at the provider.' },
  { name: 'rendering', title: 'Rendering', shows: 'The provider makes it; it cannot be stopped any more.' },
  { name: 'done', title: 'Done', shows: 'The finished video.' },
  { name: 'done-by-link', title: 'Done, by link', shows: 'The file is larger than may be uploaded in this place.' },
  { name: 'failed', title: 'Failed', shows: 'The provider could not make it; its own words are quoted.' },
  { name: 'canceled', title: 'Canceled', shows: 'The member pressed *Cancel* while it was in line.' },
  {
    name: 'refused',
    title: 'Refused',
    shows: 'An expected no, seen by the member alone: here the allowance is used up.',
  },
  { name: 'late', title: 'Late', shows: 'At 13 of the 15 minutes in which Discord lets a reply be edited.' },
  { name: 'private', title: 'Private', shows: 'Asked for with `private`: seen by the member alone.' },
] as const;
export type State = (typeof states)[number]['name'];

/** The languages that the bot speaks, with what a member of each writes, and what Discord itself writes around a reply. */
export const languages = [
  {
    locale: 'en-US',
    language: 'English',
    member: 'ann',
    prompt: 'A sailing boat crosses a mountain lake while the sun goes down',
    discord: { used: 'used', today: 'Today at', edited: '(edited)', onlyYou: 'Only you can see this' },
  },
  {
    locale: 'zh-CN',
    language: '简体中文',
    member: '小雨',
    prompt: '夕阳西下，一艘帆船驶过群山环抱的湖面',
    discord: { used: '使用了', today: '今天', edited: '（已编辑）', onlyYou: '只有您才能看到' },
  },
  {
    locale: 'nl',
    language: 'Nederlands',
    member: 'sanne',
    prompt: 'Een zeilboot steekt een bergmeer over terwijl de zon ondergaat',
    discord: { used: 'gebruikte', today: 'Vandaag om', edited: '(bewerkt)', onlyYou: 'Alleen jij kunt dit zien' },
  },
] as const;
export type Speaker = (typeof languages)[number];

export const pictureName = (state: State) => `${state}.png`;

/** docs/states.md: each state with its picture. */
export function statesPage(): string {
  const spoken = languages.map(({ language }) => language).join(', ');
  const sections = states.map(({ name, title, shows }) => {
    const picture = `![${title}: the reply in ${spoken}](states/${pictureName(name)})`;
    return `## ${title}\n\n${shows}\n\n${picture}\n`;
  });
  return `# What a reply looks like

Every state of a reply, side by side in ${spoken}, each as wide as on a phone. The words and buttons are what the real bot
answered to the sandbox's stand-in for Discord; only the drawing is the sandbox's. \`npm run sandbox:states\` makes the pictures and
this page anew.

${sections.join('\n')}`;
}
