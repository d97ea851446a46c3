import { OTHER } from '#catalog';

/** Tokens of prompts, caches included, of answers, and of both. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

/** Requests and their tokens since the proxy started. */
export interface TokenTotals {
  readonly total_requests: number;
  readonly total_tokens: TokenCounts;
}

/** The totals, and what belongs to each host that clients asked for. */
export interface TokenStatistics extends TokenTotals {
  readonly by_domain: Readonly<Record<string, { readonly requests: number; readonly tokens: TokenCounts }>>;
}

/** Counts tokens for `/token-stats`. */
export interface TokenStats {
  /**
   * Counts a request and its tokens. `domain` is the host that the client asked for; null where the upstream did not
   * answer with success: anybody can send such a request, with any host, so it counts in the totals alone.
   */
  add(domain: string | null, tokens: { readonly input: number; readonly output: number }): void;
  /** Without hosts, so fit for everybody who may send requests. */
  totals(): TokenTotals;
  read(): TokenStatistics;
}

/** The most domains that are counted apart, `other` among them. */
const MAX_DOMAINS = 100;

interface Sum {
  requests: number;
  input: number;
  output: number;
}

const zero = (): Sum => ({ requests: 0, input: 0, output: 0 });

const addTo = (sum: Sum, { input, output }: { readonly input: number; readonly output: number }): void => {
  sum.requests += 1;
  sum.input += input;
  sum.output += output;
};

/** Statistics that begin at zero. */
export const createTokenStats = (): TokenStats => {
  const all = zero();
  const domains = new Map<string, Sum>([[OTHER, zero()]]);
  const sumOf = (domain: string): Sum => {
    const key = domains.has(domain) || domains.size < MAX_DOMAINS ? domain : OTHER;
    const sum = domains.get(key) ?? zero();
    domains.set(key, sum);
    return sum;
  };
  const totals = (): TokenTotals => ({ total_requests: all.requests, total_tokens: countsOf(all) });
  return {
    add: (domain, tokens) => {
      addTo(all, tokens);
      if (domain !== null) addTo(sumOf(domain), tokens);
    },
    totals,
    read: () => ({ ...totals(), by_domain: byDomain(domains) }),
  };
};

const countsOf = ({ input, output }: Sum): TokenCounts => ({ input, output, total: input + output });

const byDomain = (domains: ReadonlyMap<string, Sum>): TokenStatistics['by_domain'] => {
  const used = [...domains].filter(([, { requests }]) => requests > 0);
  return Object.fromEntries(used.map(([name, sum]) => [name, { requests: sum.requests, tokens: countsOf(sum) }]));
};
