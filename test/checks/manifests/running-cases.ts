import type { Case } from './case.ts';
import { containerOf } from './good-stack.ts';

const CONTAINER = 'web (Deployment web, container web)';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Images, resources and probes. */
export const runningCases: readonly Case[] = [
  [
    'image-version',
    'an image by latest',
    ({ web }) => {
      containerOf(web).image = `registry.example.com/web:latest@${DIGEST}`;
    },
    `${CONTAINER}: image is "registry.example.com/web:latest@${DIGEST}"`,
  ],
  [
    'image-version',
    'an image without a tag in a registry with a port',
    ({ web }) => {
      containerOf(web).image = 'registry.example.com:5000/web';
    },
    `${CONTAINER}: image is "registry.example.com:5000/web"`,
    `${CONTAINER}: image "registry.example.com:5000/web" has no digest`,
  ],
  [
    'image-digest',
    'an image by tag',
    ({ web }) => {
      containerOf(web).image = 'registry.example.com/web:1.2.3';
    },
    `${CONTAINER}: image "registry.example.com/web:1.2.3" has no digest`,
  ],
  [
    'own-image-digest',
    'an image by tag that the configuration sets',
    ({ web }) => {
      containerOf(web).image = 'registry.example.com/chosen:1.2.3';
    },
    `${CONTAINER}: image "registry.example.com/chosen:1.2.3" has no digest`,
  ],
  [
    'request-over-limit',
    'a request beyond its limit',
    ({ web }) => {
      containerOf(web).resources.requests.memory = '1100M';
    },
    `${CONTAINER}: it requests 1100M of memory, more than its limit 1Gi`,
  ],
  [
    'request-over-limit',
    'a request in millicores beyond its limit',
    ({ web }) => {
      containerOf(web).resources.requests.cpu = '1001m';
    },
    `${CONTAINER}: it requests 1001m of cpu, more than its limit 1`,
  ],
  [
    'probe-port',
    'a probe of a port that is not open',
    ({ web }) => {
      containerOf(web).livenessProbe = { tcpSocket: { port: 8081 } };
    },
    `${CONTAINER}: livenessProbe uses port 8081, it opens http`,
  ],
];
