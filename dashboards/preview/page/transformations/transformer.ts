import type { DataFrame, DataTransformerInfo } from '@grafana/data';
import { map } from 'rxjs';
import { type Fields, fieldsOf } from '../json.ts';

/** A transformation from a function of its options and the frames. */
export const transformer = (
  id: string,
  name: string,
  change: (options: Fields, frames: readonly DataFrame[]) => DataFrame[],
): DataTransformerInfo => ({
  id,
  name,
  operator: (options) => (source) => source.pipe(map((frames) => change(fieldsOf(options), frames))),
});
