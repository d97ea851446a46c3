// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { stack } from '../../src/stack.ts';
import { filesOf, synthesize } from '../../src/synth.ts';
import { panelsOf, rendered } from './rendered.ts';

interface DerivedField {
  readonly name: string;
  readonly matcherType: 'label' | 'regex';
  readonly matcherRegex: string;
  readonly url: string;
}

interface Provisioned {
  readonly datasources: readonly { readonly type: string; readonly jsonData?: { derivedFields?: DerivedField[] } }[];
}

const files = filesOf(synthesize({ config: stack }));
const [path = ''] = [...files.keys()].filter((name) => /datasources\.ya?ml$/.test(name));
const { datasources } = parse(files.get(path) ?? '') as Provisioned;
const fields = datasources.find(({ type }) => type === 'loki')?.jsonData?.derivedFields ?? [];

const LINE = '{"level":"INFO","event":"api_request","request_id":"0b7d-41","msg":"request completed"}';

describe('links from lines', () => {
  test('lead to the lines of the request, and to its credential, model and pod', () => {
    expect(fields.map(({ name }) => name)).toEqual([
      'All lines of the request',
      'Metrics of the credential',
      'Metrics of the model',
      'Metrics of the pod',
      'Stack health of the pod',
    ]);
  });

  test.each(fields.map((field): [string, DerivedField] => [field.name, field]))(
    '%s: to a dashboard and a variable that exist, at the same time',
    (_, { url }) => {
      const [, uid = '', variable = ''] = /^\/d\/([\w-]+)\?.*var-(\w+)=\$\$\{__value\.raw\}&/.exec(url) ?? [];
      expect(rendered(uid).templating.list.map(({ name }) => name)).toContain(variable);
      expect(url).toMatch(/&from=\$\$\{__from\}&to=\$\$\{__to\}$/);
      const [, panel] = /viewPanel=(\d+)/.exec(url) ?? [];
      if (panel !== undefined) expect(panelsOf(rendered(uid)).map(({ id }) => String(id))).toContain(panel);
    },
  );

  test('find the request by the text of its line, which is no label, and the rest by labels', () => {
    const [first, ...others] = fields;
    expect(first?.matcherType).toBe('regex');
    expect(new RegExp(first?.matcherRegex ?? '').exec(LINE)?.[1]).toBe('0b7d-41');
    expect(new Set(others.map(({ matcherType }) => matcherType))).toEqual(new Set(['label']));
  });
});
