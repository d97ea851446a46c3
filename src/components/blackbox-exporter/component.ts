import { PROXY_PORT, TARGETS } from '#catalog';
import { configMapVolume, FilesConfigMap, type Probes, ReplicatedServer } from '#constructs';
import { type Context, component } from '../house/component.ts';
import { dnsEdge, type Edge, portsTo, tcp } from '../house/edge.ts';
import { goMemoryLimit } from '../house/go-memory-limit.ts';
import { lockedImage } from '../house/image.ts';
import { BLACKBOX_PATH, blackboxConfig, probeScrape } from './config.ts';
import { type Blackbox, settings } from './settings.ts';

/** The user `nobody`. */
const UID = 65_534;

const { job: JOB, port, portName } = TARGETS.blackbox;

const ARGS = [
  `--config.file=${BLACKBOX_PATH}/blackbox.yml`,
  `--web.listen-address=:${port}`,
  // By default the last hundred probes are kept with their responses.
  '--history.limit=1',
];

const HEALTHY = { path: '/-/healthy', port: portName } as const;

const PROBES: Probes = {
  startup: { ...HEALTHY, periodSeconds: 2, failureThreshold: 30 },
  readiness: { ...HEALTHY, periodSeconds: 5 },
  liveness: { ...HEALTHY, failureThreshold: 6 },
};

const edges = ({ settings: { urls }, network }: Context<Blackbox>): readonly Edge[] => [
  dnsEdge(JOB, network, 'finds what it probes'),
  { from: JOB, to: TARGETS.proxy.job, ports: tcp(PROXY_PORT.port), why: 'probes its health as a client would' },
  { from: JOB, to: TARGETS.grafana.job, ports: tcp(TARGETS.grafana.port), why: 'probes its health' },
  ...(urls.length === 0
    ? []
    : [
        {
          from: JOB,
          to: 'probed',
          ports: portsTo(network, 'probed', urls),
          why: 'probes the URLs of the configuration',
        },
      ]),
];

/** The blackbox exporter: probes over the network, from a pod of its own, whether endpoints respond. */
export const blackboxExporter = component({
  key: 'blackbox',
  settings,
  target: TARGETS.blackbox,
  role: 'probes',
  manifest: '70-blackbox-exporter',
  image: lockedImage('blackbox'),
  edges,
  destinations: ({ settings: { urls } }) =>
    urls.map((url, index) => ({ setting: `urls[${index}]`, address: url, to: 'probed' })),
  monitoring: ({ settings }) => ({ scrapeConfigs: [probeScrape(settings.urls)] }),
  files: () => ({ 'blackbox.yml': blackboxConfig() }),
  build: (chart, { settings, files, owner, server }) => {
    const configMap = 'blackbox-exporter-config';
    const { checksum } = new FilesConfigMap(chart, 'Config', { ...owner, configMap, files });
    new ReplicatedServer(chart, 'Server', {
      ...server,
      uid: UID,
      replicas: 1,
      args: ARGS,
      env: goMemoryLimit(settings.resources.limits.memory),
      probes: PROBES,
      mounts: [configMapVolume('config', BLACKBOX_PATH, configMap)],
      configChecksum: checksum,
    });
  },
});
