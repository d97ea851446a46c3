const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

const factorOf = (prefix: string, base: 1000 | 1024): number => base ** PREFIXES.indexOf(prefix.toUpperCase());

/**
 * A Kubernetes quantity as a number of its base unit; NaN for an invalid one.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export const amountOf = (quantity: string | number): number => {
  const [, number, milli, decimal, binary] =
    /^(-?[\d.]+(?:[eE][-+]?\d+)?)(?:(m)|([kMGTPE])|([KMGTPE])i)?$/.exec(String(quantity)) ?? [];
  if (milli !== undefined) return Number(number) / 1000;
  return Number(number) * (binary === undefined ? factorOf(decimal ?? '', 1000) : factorOf(binary, 1024));
};

/**
 * A Prometheus size in bytes; NaN for an invalid one. Its kilobyte has 1024 bytes.
 *
 * @see https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects
 */
export const bytesOf = (size: string): number => {
  const [, number, prefix = ''] = /^(\d+)([KMGTPE]?)B$/.exec(size) ?? [];
  return Number(number) * factorOf(prefix, 1024);
};
