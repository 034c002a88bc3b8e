import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

export type Stage = {
  readonly from: string;
  readonly name: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly copies: readonly {
    readonly stage: string | null;
    readonly sources: readonly string[];
    readonly to: string;
  }[];
  readonly runs: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
};

/** The stages of a Dockerfile, as far as ours goes: any instruction that is not known here throws. */
export async function readDockerfile(file = 'Dockerfile'): Promise<Stage[]> {
  const text = await readFile(file, 'utf8');
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean);
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, instruction = '', rest = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    if (instruction === 'FROM') {
      stages.push(begin(rest));
      continue;
    }
    const stage = stages.pop();
    if (stage === undefined) throw new Error(`before any FROM: ${line}`);
    stages.push({ ...stage, ...read(stage, instruction, rest) });
  }
  return stages;
}

function begin(rest: string): Stage {
  const [from = '', , name = ''] = rest.split(' ');
  const nothing = { copies: [], runs: [], command: [], healthcheck: [] };
  return { from, name, workdir: '/', env: {}, user: 'root', ...nothing };
}

function read(stage: Stage, instruction: string, rest: string): Partial<Stage> {
  switch (instruction) {
    case 'WORKDIR':
      return { workdir: rest };
    case 'USER':
      return { user: rest };
    case 'ENV':
      return { env: { ...stage.env, ...Object.fromEntries(rest.split(' ').map((pair) => pair.split('=', 2))) } };
    case 'RUN':
      return { runs: [...stage.runs, rest] };
    case 'COPY':
      return { copies: [...stage.copies, readCopy(rest)] };
    case 'CMD':
      return { command: execForm(rest) };
    case 'HEALTHCHECK':
      return { healthcheck: execForm(rest.replace(/^.*? CMD /, '')) };
    default:
      throw new Error(`the Dockerfile has ${instruction}, which is not known here`);
  }
}

function readCopy(rest: string): Stage['copies'][number] {
  const [, stage = null, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
  const words = paths.split(' ');
  return { stage, sources: words.slice(0, -1), to: words.at(-1) ?? '' };
}

/** The words of an exec form. The shell form is an error: a shell in between keeps signals from the program. */
function execForm(text: string): string[] {
  const words: unknown = JSON.parse(text);
  if (!Array.isArray(words)) throw new Error(`not in exec form: ${text}`);
  return words.map(String);
}

/** Does in `folder` what a build does, without a Docker engine; gives the last stage's working folder. */
export async function buildImage(stages: readonly Stage[], folder: string): Promise<string> {
  const root = (stage: Stage) => join(folder, stage.name || 'image');
  for (const stage of stages) {
    const workdir = join(root(stage), stage.workdir);
    await mkdir(workdir, { recursive: true });
    for (const { stage: other, sources, to } of stage.copies) {
      for (const source of sources) {
        const from = other === null ? resolve(source) : join(folder, other, source);
        await cp(from, intoFolder(workdir, to, source), { recursive: true, verbatimSymlinks: true });
      }
    }
    for (const run of stage.runs) await promisify(execFile)('sh', ['-c', run], { cwd: workdir, timeout: 240_000 });
  }

  const last = stages.at(-1);
  if (last === undefined) throw new Error('the Dockerfile has no stage');
  for (let path = join(root(last), last.workdir); path.startsWith(folder); path = dirname(path)) {
    await chmod(path, 0o755);
  }
  return join(root(last), last.workdir);
}

/** A target that ends with a slash is a folder to put the source in; any other is what the source becomes. */
function intoFolder(workdir: string, to: string, source: string): string {
  return to.endsWith('/') ? join(workdir, to, basename(source)) : join(workdir, to);
}
