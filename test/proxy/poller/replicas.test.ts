import { describe, expect, test } from 'vitest';
import { createReplicas } from '../../../proxy/poller/replicas.ts';

const NAMES = Array.from({ length: 200 }, (_, index) => `credential-${index}`);
const PODS = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];

const owned = async (
  self: string,
  lookup: () => Promise<readonly string[]>,
  host: string | null = 'proxy-headless',
) => {
  const isMine = await createReplicas({ host, self, lookup })();
  return NAMES.filter(isMine);
};

describe('replicas', () => {
  test('share the credentials: each belongs to exactly one, whatever the order of the addresses', async () => {
    const shares = await Promise.all(
      PODS.map((self, turn) => owned(self, async () => [...PODS.slice(turn), ...PODS.slice(0, turn)])),
    );
    expect(shares.flat().toSorted()).toStrictEqual(NAMES.toSorted());
    for (const share of shares) expect(share.length).toBeGreaterThan(40);
  });

  test('a replica that goes leaves the others what they had', async () => {
    const before = await owned('10.0.0.1', async () => PODS);
    const after = await owned('10.0.0.1', async () => PODS.slice(0, 2));
    expect(after).toEqual(expect.arrayContaining(before));
  });

  test.each([
    ['without a Service', null, async () => PODS],
    ['before the Service has an address', 'x', async () => []],
    [
      'where the lookup fails',
      'x',
      async () => {
        throw new Error('ENOTFOUND');
      },
    ],
  ])('%s a replica is alone', async (_, host, lookup) => {
    expect(await owned('10.0.0.1', lookup, host)).toStrictEqual(NAMES);
  });

  test('a lookup that fails later leaves the replicas as they were', async () => {
    const answers: (readonly string[] | null)[] = [PODS, null];
    const replicas = createReplicas({
      host: 'x',
      self: '10.0.0.1',
      lookup: async () => {
        const next = answers.shift();
        if (next === null || next === undefined) throw new Error('EAI_AGAIN');
        return next;
      },
    });
    const before = NAMES.filter(await replicas());
    expect(NAMES.filter(await replicas())).toStrictEqual(before);
    expect(before.length).toBeLessThan(NAMES.length);
  });

  test('pods with addresses of both IP versions share the credentials all the same', async () => {
    const both = [...PODS, 'fd00::1', 'fd00::2', 'fd00::3'];
    const shares = await Promise.all(PODS.map((self) => owned(self, async () => both)));
    expect(shares.flat().toSorted()).toStrictEqual(NAMES.toSorted());
  });

  test('a pod that the Service does not list yet leaves the work to those that it lists', async () => {
    expect(await owned('10.0.0.9', async () => PODS)).toStrictEqual([]);
  });
});
