import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PEER_NAMES, parsePeerNames, requiredPeers } from './peer-names.ts';

test.each([
  ['', []],
  ['0', []],
  ['1', PEER_NAMES],
  ['all', PEER_NAMES],
  ['promtool,http-route', ['promtool', 'http-route']],
  [' etcd , jq ', ['etcd', 'jq']],
])("REQUIRE_PEERS='%s' requires what it names", (setting, names) => {
  expect(requiredPeers(setting)).toEqual(names);
});

test.each(['promtol', 'all,promtool', 'promtool,'])("an unknown name in '%s' is refused", (setting) => {
  expect(() => requiredPeers(setting)).toThrow(
    /^REQUIRE_PEERS names '.*', which is not there; choose from prometheus, /,
  );
  expect(() => parsePeerNames(setting, '--only')).toThrow(/^--only names '/);
});

test('.ci/run requires everything but what comes from releases alone', () => {
  const script = readFileSync(join(import.meta.dirname, '../../.ci/run'), 'utf8');
  const list = [...script.matchAll(/^registries\+?=(.*)$/gm)].map(([, names]) => names).join('');
  expect(parsePeerNames(list, '.ci/run').toSorted()).toEqual(
    PEER_NAMES.filter((name) => name !== 'loki' && name !== 'alloy').toSorted(),
  );
});
