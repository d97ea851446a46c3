import { type ModelId, OTHER } from '../../../src/catalog/index.ts';

/** The tokens of an average request, by what they are. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

type Model = ModelId | typeof OTHER;

type Row = readonly [share: number, input: number, output: number, read: number, write5m: number, write1h: number];

const MODEL_ROWS = {
  'claude-opus-5-5': [0.3, 1_800, 900, 42_000, 3_500, 600],
  'claude-sonnet-5-5': [0.4, 1_200, 600, 30_000, 2_500, 300],
  'claude-haiku-5-5': [0.22, 800, 250, 6_000, 500, 0],
  'claude-sonnet-4-6': [0.05, 1_500, 700, 25_000, 2_000, 0],
  [OTHER]: [0.03, 1_000, 400, 0, 0, 0],
} as const satisfies Partial<Record<Model, Row>>;

/** A model that the week's clients use. */
export type UsedModel = keyof typeof MODEL_ROWS;

/** The models that the week's clients use, with one that has no price. */
export const USED_MODELS = Object.keys(MODEL_ROWS) as readonly UsedModel[];

/** The tokens of an average request to a model. */
export const tokensOf = (model: UsedModel): Tokens => {
  const [, input, output, cacheRead, cacheWrite5m, cacheWrite1h] = MODEL_ROWS[model];
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
};

/** The share of the requests that go to each of some models; the shares add up to 1. */
export const modelShares = (models: readonly UsedModel[]): readonly (readonly [UsedModel, number])[] => {
  const total = models.reduce((sum, model) => sum + MODEL_ROWS[model][0], 0);
  return models.map((model) => [model, MODEL_ROWS[model][0] / total]);
};
