import { DASHBOARD_UIDS, LOGS_PANELS as PANELS } from '#catalog';
import { onlyThisValue, searchedFor } from '../../house/index.ts';
import { VARIABLE_NAMES } from './variables.ts';

const NAME_WIDTH = 170;

/** A column whose values have a variable; they link to the metrics and to the lines of a value. */
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

/** The column of credentials. */
export const CREDENTIAL_COLUMN = chosen('credential', 'Credential');

/** The column of models. */
export const MODEL_COLUMN = chosen('model', 'Model');

/** The column of request ids; each links to all lines of its request. */
export const REQUEST_COLUMN = {
  field: 'request_id',
  title: 'Request',
  links: [searchedFor('All lines of this request', VARIABLE_NAMES.search, PANELS.allLines)],
} as const;
