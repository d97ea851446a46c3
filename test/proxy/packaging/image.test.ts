import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROXY_PORT, TARGETS } from '#catalog';
import lock from '../../../images.lock.json' with { type: 'json' };
import { freePort, startProcess } from '../../peers/process.ts';
import { type Stage, stagesOf } from './dockerfile.ts';
import { type TemporaryRoot, temporaryRoot } from './temporary-root.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const stages = stagesOf(readFileSync(join(ROOT, 'proxy/Dockerfile'), 'utf8'));
const IGNORED = readFileSync(join(ROOT, 'proxy/Dockerfile.dockerignore'), 'utf8');

/** A stage under way: its root, and the folder that relative paths are below. */
interface Site {
  readonly root: TemporaryRoot;
  folder: string;
}

const sites = new Map<string, Site>();

const copy = (site: Site, text: string): void => {
  const words = text.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  const target = posix.resolve(site.folder, paths.pop() ?? '');
  for (const path of paths) {
    const source = from === undefined ? join(ROOT, path) : sites.get(from)?.root.at(path);
    if (source === undefined) throw new Error(`COPY names stage '${from}', which does not come before`);
    site.root.bring(source, posix.join(target, basename(path)));
  }
};

/** How each instruction is carried out without Docker; one that is not here fails the test. */
const CARRY_OUT: Readonly<Record<string, (site: Site, text: string) => void>> = {
  WORKDIR: (site, text) => {
    site.folder = text;
    mkdirSync(site.root.at(text), { recursive: true });
  },
  COPY: copy,
  RUN: (site, text) => {
    const env = { PATH: `${resolve(process.execPath, '..')}:/usr/bin:/bin` };
    execFileSync('sh', ['-c', text], { cwd: site.root.at(site.folder), env, stdio: 'pipe' });
  },
  USER: () => undefined,
  EXPOSE: () => undefined,
  ENTRYPOINT: () => undefined,
};

const carryOut = ({ name, steps }: Stage): Site => {
  const site: Site = { root: temporaryRoot([]), folder: '/' };
  sites.set(name ?? 'the last', site);
  for (const { instruction, text } of steps) {
    const work = CARRY_OUT[instruction];
    if (work === undefined) throw new Error(`no way to carry out '${instruction}'; add one to CARRY_OUT`);
    work(site, text);
  }
  return site;
};

const last = stages.at(-1);
const textOf = (instruction: string): string =>
  last?.steps.findLast((step) => step.instruction === instruction)?.text ?? '';

describe('the Dockerfile of the proxy', () => {
  test('unpacks with the locked Node.js image and ends in one without a shell, both by digest', () => {
    expect(stages.map(({ base }) => base)).toEqual([
      `${lock.node.repository}:${lock.node.tag}@${lock.node.digest}`,
      expect.stringMatching(/^gcr\.io\/distroless\/nodejs24-debian13:nonroot@sha256:[0-9a-f]{64}$/),
    ]);
  });

  test('runs as a user that is not root, named by number so that Kubernetes can tell', () => {
    expect(textOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test('names the ports of the catalog', () => {
    expect(textOf('EXPOSE')).toBe(`${PROXY_PORT.port} ${TARGETS.proxy.port}`);
  });

  test('sees nothing of the repository but what it copies', () => {
    expect(IGNORED.trim().split('\n')).toEqual(['*', '!proxy/bundle']);
    const copied = stages.flatMap(({ steps }) =>
      steps.filter(({ instruction, text }) => instruction === 'COPY' && !text.includes('--from=')),
    );
    for (const { text } of copied)
      for (const path of text.split(' ').slice(0, -1)) expect(path).toMatch(/^proxy\/bundle\//);
  });
});

describe('its steps, carried out below temporary roots', () => {
  let site: Site;

  beforeAll(() => {
    for (const stage of stages) site = carryOut(stage);
    // What the base image brings.
    mkdirSync(site.root.at('/nodejs/bin'), { recursive: true });
    symlinkSync(process.execPath, site.root.at('/nodejs/bin/node'));
  });

  afterAll(() => {
    for (const { root } of sites.values()) root.remove();
  });

  const entryPoint = (): { program: string; args: string[] } => {
    const [program = '', ...args] = (JSON.parse(textOf('ENTRYPOINT')) as string[]).map((word) =>
      word.startsWith('/') ? site.root.at(word) : word,
    );
    return { program, args };
  };

  test('leave the whole program, and the licences of what is in it', () => {
    expect(site.root.read('/app/proxy.mjs').length).toBe(
      JSON.parse(readFileSync(join(ROOT, 'proxy/bundle/about.json'), 'utf8')).bytes,
    );
    expect(site.root.read('/app/licenses.txt').toString()).toContain('undici');
  });

  test('leave an entry point that checks a configuration', () => {
    const { program, args } = entryPoint();
    const checked = execFileSync(program, [...args, '--check'], { env: {}, encoding: 'utf8' });
    expect(JSON.parse(checked)).toMatchObject({ port: PROXY_PORT.port, metricsPort: TARGETS.proxy.port });
  });

  test('leave an entry point that serves', async () => {
    const port = await freePort();
    const proxy = await startProcess({
      ...entryPoint(),
      env: {
        TIDEWATCH_HOST: '127.0.0.1',
        TIDEWATCH_PORT: `${port}`,
        TIDEWATCH_METRICS_PORT: '0',
        TIDEWATCH_LINGER_SECONDS: '0',
      },
      readyUrl: `http://127.0.0.1:${port}/ready`,
    });
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect(await health.json()).toEqual({ status: 'ok' });
    await proxy.stop();
    expect(proxy.logs()).toContain('"event":"proxy_stopped"');
  });
});
