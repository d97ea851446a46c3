const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

const powerOf = (prefix: string): number => PREFIXES.indexOf(prefix.toUpperCase());

/**
 * A quantity of Kubernetes as a number of its base unit; NaN for what is none.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export const amountOf = (quantity: string | number): number => {
  const [, number, milli, decimal, binary] =
    /^(-?[\d.]+(?:[eE][-+]?\d+)?)(?:(m)|([kMGTPE])|([KMGTPE])i)?$/.exec(String(quantity)) ?? [];
  if (milli !== undefined) return Number(number) / 1000;
  return Number(number) * (binary === undefined ? 1000 ** powerOf(decimal ?? '') : 1024 ** powerOf(binary));
};

/**
 * A size as Prometheus writes it, in bytes; NaN for what is none. Its kilobyte has 1024 bytes.
 *
 * @see https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects
 */
export const bytesOf = (size: string): number => {
  const [, number, prefix = ''] = /^(\d+)([KMGTPE]?)B$/.exec(size) ?? [];
  return Number(number) * 1024 ** powerOf(prefix);
};
