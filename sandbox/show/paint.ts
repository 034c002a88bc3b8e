import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];
export type Paint = ReturnType<typeof paintFor>;

/** Colours where the stream is a terminal that wants them (NO_COLOR and FORCE_COLOR are heeded), else none. */
export function paintFor(stream: NodeJS.WriteStream) {
  const brush = (format: Format) => (text: string) => styleText(format, text, { stream });
  return {
    bold: brush('bold'),
    dim: brush('dim'),
    good: brush(['bold', 'green']),
    bad: brush(['bold', 'red']),
    command: brush(['bold', 'cyan']),
    frame: brush('gray'),
    film: brush('magenta'),
    tag: brush(['bgBlue', 'whiteBright']),
  };
}
