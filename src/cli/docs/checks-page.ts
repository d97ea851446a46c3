import { CHECKS } from '#checks';
import { block, code, page, table } from './markdown.ts';

const EXAMPLE = `2 checks failed:
  dashboards/anthropic-proxy/Request Rate/A: rate over [5m]; write [$__rate_interval], which always spans several scrapes (target-rate-interval-rule)
  alerts/latency/RequestsSlow: it divides by a rate that can be close to zero, where one failure is a large share; add 'and' with that rate above a floor (ratio/traffic-floor)`;

const SOURCES = `Where a check comes from: \`dashboard-linter\` is [Grafana's linter](https://github.com/grafana/dashboard-linter), whose 17 rules
are all here under their own names; \`pint\` is [Cloudflare's rule linter](https://cloudflare.github.io/pint/checks/);
\`pod-security\` is the profile \`restricted\` of the [Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted);
\`kube-linter\` and \`kube-score\` are [linters](https://docs.kubelinter.io/) [of manifests](https://github.com/zegl/kube-score);
those of \`tidewatch\` are our own.`;

const STRICTER = `Three rules are stricter than the original. The linter reads the queries of some kinds of panel, here those of all panels are
read. It accepts a counter without \`rate\` as soon as the selector has a matcher, here none is accepted. pint looks for
divisions inside an aggregation in rules, here panels are checked as well.`;

const SECTIONS: Readonly<Record<keyof typeof CHECKS, { readonly title: string; readonly text: string }>> = {
  dashboards: { title: 'Dashboards', text: STRICTER },
  queries: {
    title: 'Queries',
    text:
      "Every query is parsed by the parsers of Prometheus' and Grafana's own editors, so a check sees what is queried and not how it " +
      'is written. Metrics, labels, values and units are those of the catalog: a metric of your own has to be declared there.',
  },
  rules: { title: 'Rules and alerts', text: 'Recording rules and alerts, and what alerts refer to.' },
  manifests: {
    title: 'Manifests',
    text:
      'All objects are checked together, because many mistakes only show between two of them. A finding names the construct, ' +
      'its object and container.',
  },
  sizes: { title: 'Sizes', text: 'The size limits of etcd and of a client-side apply.' },
};

const LIMITS = `## What they do not see

- What a query returns: the tests run every query on a real Prometheus and a real Loki.
- The unit of a query that multiplies or divides two different units, takes a root, or uses an unknown metric.
- A price that is a scale as well, such as tokens times 100.
- The language of a query whose datasource is neither Prometheus nor Loki.
- What our constructs guarantee: probes and resources of every container, labels of every pod, the selector of a workload,
  a Service without a port on the nodes, an Ingress with TLS, a PodDisruptionBudget that lets nodes be drained.`;

/** The page of all checks. */
export const checksPage = (): string =>
  page(
    'Checks',
    `Every synth runs ${Object.values(CHECKS).flat().length} checks on its dashboards, rules and manifests. If one finds something, \`dist/\` stays as it was and
all findings are printed, one a line: where, what is wrong and what was received, how to fix it, and the name of the check.`,
    block(EXAMPLE),
    'There is no list of exceptions and no way to switch a check off: our own stack passes all of them.',
    SOURCES,
    ...(Object.keys(SECTIONS) as readonly (keyof typeof CHECKS)[]).map((subject) => {
      const { title, text } = SECTIONS[subject];
      const rows = CHECKS[subject].map(({ name, finds, source }) => [code(name), finds, source]);
      return `## ${title}\n\n${text}\n\n${table(['Check', 'Finds', 'From'], rows)}`;
    }),
    LIMITS,
  );
