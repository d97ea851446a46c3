import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startDemo } from '../../../proxy/demo/demo.ts';
import { figuresOf } from '../../../proxy/demo/figures.ts';
import { takeSnapshot } from '../../../proxy/demo/snapshot.ts';

test('a demonstration runs without key and configuration, and leaves nothing behind', async () => {
  const demo = await startDemo({ version: '0.0.0', ports: { port: 0, metricsPort: 0 }, perSecond: 30 });
  const earlier = await takeSnapshot(demo);
  let figures = figuresOf(earlier, earlier);
  for (let tries = 0; tries < 100 && (figures.requests < 20 || figures.windows.length < 6); tries += 1) {
    await delay(100);
    figures = figuresOf(earlier, await takeSnapshot(demo));
  }
  expect(figures.requests).toBeGreaterThanOrEqual(20);
  expect(figures.answers.map(([code]) => code)).toContain('200');
  expect(figures.credentials.map(({ id }) => id)).toEqual(['night-jobs', 'old-laptop', 'team-data', 'team-platform']);
  const answer = await fetch(`${demo.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ model: 'claude-sonnet-5-5', max_tokens: 1, messages: [] }),
  });
  expect(answer.status).toBe(200);
  expect(existsSync(demo.logFile)).toBe(true);
  await demo.stop();
  expect(existsSync(dirname(demo.logFile))).toBe(false);
  await expect(fetch(demo.url)).rejects.toThrow();
});
