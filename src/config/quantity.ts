const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
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
  // As Prometheus writes sizes: its kilobyte has 1024 bytes.
  B: 1,
  KB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
  PB: 2 ** 50,
  EB: 2 ** 60,
};

/** A quantity of Kubernetes, or a size of Prometheus, as a number; NaN for what is neither. */
export const amount = (quantity: string): number =>
  Number.parseFloat(quantity) * (FACTORS[quantity.replace(/^[\d.]+/, '')] ?? Number.NaN);
