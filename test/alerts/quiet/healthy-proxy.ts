import { proxy } from '#catalog';
import { constant, growing, type InputSeries, inOrder, observations, series } from '../../support/promtool.ts';
import { again, pulses } from '../cases/stack/stories.ts';

const MINUTES = 2_000;
const FIVE_HOURS = 300;
const SEVEN_DAYS = 604_800;

const windows = Array.from({ length: 7 }, (_, index) => index);

/** Six tenths of each window of five hours are used, evenly. */
const used = inOrder(...windows.map(() => growing(0.2, { samples: FIVE_HOURS - 1 })));
const resets = inOrder(...windows.map((index) => constant((index + 1) * FIVE_HOURS * 60, FIVE_HOURS - 1)));

const accounts = (instance: string): readonly InputSeries[] =>
  ['team-a', 'team-b'].flatMap((credential) => [
    series(proxy.utilization, { instance, window: '5h', credential }, used),
    series(proxy.resetsAt, { instance, window: '5h', credential }, resets),
    series(proxy.utilization, { instance, window: '7d', credential }, growing(0.006, { samples: MINUTES })),
    series(proxy.resetsAt, { instance, window: '7d', credential }, constant(SEVEN_DAYS, MINUTES)),
    ...(['ready', 'cooling', 'expired'] as const).map((state) =>
      series(proxy.credentialState, { instance, credential, state }, constant(state === 'ready' ? 1 : 0, MINUTES)),
    ),
    series(proxy.cooldowns, { instance, credential, reason: 'minute' }, pulses(180)),
    series(proxy.keyLimit, { instance, credential, kind: 'input_tokens' }, constant(400_000, MINUTES)),
    series(proxy.keyLimitRemaining, { instance, credential, kind: 'input_tokens' }, again('300000 40000 240000', 700)),
  ]);

const traffic = (instance: string, perMinute: number): readonly InputSeries[] => {
  const answered = (status_code: '200' | '429' | '499' | '529', share: number) =>
    series(proxy.requests, { instance, stream: 'true', status_code }, growing(share * perMinute, { samples: MINUTES }));
  const error = (error_type: 'overloaded' | 'rate_limit_minute' | 'authentication', share: number) =>
    series(proxy.upstreamErrors, { instance, error_type }, growing(share * perMinute, { samples: MINUTES }));
  return [
    answered('200', 0.95),
    answered('429', 0.02),
    answered('499', 0.02),
    answered('529', 0.01),
    error('overloaded', 0.02),
    error('rate_limit_minute', 0.03),
    error('authentication', 0),
    ...observations(proxy.requestDuration, { instance, stream: 'true' }, { at: 20_000, step: perMinute }),
    ...observations(proxy.timeToFirstByte, { instance, stream: 'true' }, { at: 1.5, step: perMinute }),
    series(proxy.accountsUntracked, { instance }, constant(0, MINUTES)),
    series(proxy.unpricedTokens, { instance, direction: 'input' }, pulses(180, 20_000)),
    series(proxy.labelsFolded, { instance, label: 'status_code' }, pulses(240)),
  ];
};

/** Three attempts of one person fail, three minutes apart, every three hours. */
const threeTries = (instance: string): InputSeries =>
  series(
    proxy.requests,
    { instance, stream: 'true', status_code: '502' },
    inOrder(
      ...Array.from({ length: 11 }, (_, index) =>
        inOrder(constant(3 * index, 173), constant(3 * index + 1, 2), constant(3 * index + 2, 2)),
      ),
    ),
  );

/** A proxy that hardly anybody uses, as at night: a few failures are then a large share. */
export const healthyProxyAtNight = (instance: string): readonly InputSeries[] => [
  ...accounts(instance),
  ...traffic(instance, 2),
  threeTries(instance),
];

/** A healthy proxy: in use with everyday faults, or idle with all its counters at zero. */
export const healthyProxy = (instance: string, busy: boolean): readonly InputSeries[] =>
  busy ? [...accounts(instance), ...traffic(instance, 40)] : traffic(instance, 0);
