const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * An amount as a number of its base unit; NaN for what is no amount.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export const amountOf = (quantity: string | number): number => {
  const [, number = '', unit = ''] = /^(-?[\d.]+(?:[eE]-?\d+)?)([a-zA-Z]*)$/.exec(String(quantity)) ?? [];
  return number === '' ? Number.NaN : Number(number) * (FACTORS[unit] ?? Number.NaN);
};
