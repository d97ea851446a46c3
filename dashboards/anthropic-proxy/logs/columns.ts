import { DASHBOARD_UIDS, LOGS_PANELS as PANELS } from '#catalog';
import { onlyThisValue, searchedFor } from '../../house/index.ts';
import { VARIABLE_NAMES } from './variables.ts';

const NAME_WIDTH = 170;

/** A column whose values are choices of the metrics as well; a click leads to what these say of one, or to its lines alone. */
const chosen = <const F extends 'credential' | 'model'>(field: F, title: string) =>
  ({
    field,
    title,
    width: NAME_WIDTH,
    links: [
      onlyThisValue(`Metrics of this ${field}`, field, DASHBOARD_UIDS.anthropicProxy),
      onlyThisValue(`Lines of this ${field}`, field, DASHBOARD_UIDS.logs),
    ],
  }) as const;

/** The credential. */
export const CREDENTIAL_COLUMN = chosen('credential', 'Credential');

/** The model. */
export const MODEL_COLUMN = chosen('model', 'Model');

/** The id that all lines of a request share; a click leads to them. */
export const REQUEST_COLUMN = {
  field: 'request_id',
  title: 'Request',
  links: [searchedFor('All lines of this request', VARIABLE_NAMES.search, PANELS.allLines)],
} as const;
