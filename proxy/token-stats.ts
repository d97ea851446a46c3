import { OTHER } from '#catalog';

/** Tokens of prompts, caches included, of answers, and of both. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

/** Requests and their tokens since the proxy started, in all and by the host that clients asked for. */
export interface TokenStatistics {
  readonly total_requests: number;
  readonly total_tokens: TokenCounts;
  readonly by_domain: Readonly<Record<string, { readonly requests: number; readonly tokens: TokenCounts }>>;
}

/** Counts tokens for `/token-stats`. */
export interface TokenStats {
  add(domain: string, tokens: { readonly input: number; readonly output: number }): void;
  read(): TokenStatistics;
}

/** The most domains that are told apart, `other` among them. */
const MAX_DOMAINS = 100;

interface Sum {
  requests: number;
  input: number;
  output: number;
}

/** Statistics that begin at zero. */
export const createTokenStats = (): TokenStats => {
  const domains = new Map<string, Sum>([[OTHER, { requests: 0, input: 0, output: 0 }]]);
  const sumOf = (domain: string): Sum => {
    const known = domains.get(domain);
    if (known !== undefined) return known;
    const key = domains.size < MAX_DOMAINS ? domain : OTHER;
    const sum = domains.get(key) ?? { requests: 0, input: 0, output: 0 };
    domains.set(key, sum);
    return sum;
  };
  return {
    add: (domain, { input, output }) => {
      const sum = sumOf(domain);
      sum.requests += 1;
      sum.input += input;
      sum.output += output;
    },
    read: () => statisticsOf(domains),
  };
};

const countsOf = ({ input, output }: Sum): TokenCounts => ({ input, output, total: input + output });

const statisticsOf = (domains: ReadonlyMap<string, Sum>): TokenStatistics => {
  const total = { requests: 0, input: 0, output: 0 };
  for (const { requests, input, output } of domains.values()) {
    total.requests += requests;
    total.input += input;
    total.output += output;
  }
  const used = [...domains].filter(([, { requests }]) => requests > 0);
  return {
    total_requests: total.requests,
    total_tokens: countsOf(total),
    by_domain: Object.fromEntries(used.map(([name, sum]) => [name, { requests: sum.requests, tokens: countsOf(sum) }])),
  };
};
