import { DASHBOARD_UIDS, LOGS_PANELS as PANELS } from '#catalog';
import { onlyThisValue, searchedFor } from '../house/index.ts';
import { VARIABLES } from './choices.ts';

const NAME_WIDTH = 170;

/** The credential; a click leads to what the metrics say of it, or to its lines alone. */
export const CREDENTIAL_COLUMN = {
  field: 'credential',
  title: 'Credential',
  width: NAME_WIDTH,
  links: [
    onlyThisValue('Metrics of this credential', 'credential', DASHBOARD_UIDS.anthropicProxy),
    onlyThisValue('Lines of this credential', 'credential', DASHBOARD_UIDS.logs),
  ],
} as const;

/** The model, likewise. */
export const MODEL_COLUMN = {
  field: 'model',
  title: 'Model',
  width: NAME_WIDTH,
  links: [
    onlyThisValue('Metrics of this model', 'model', DASHBOARD_UIDS.anthropicProxy),
    onlyThisValue('Lines of this model', 'model', DASHBOARD_UIDS.logs),
  ],
} as const;

/** The id that all lines of a request share; a click leads to them. */
export const REQUEST_COLUMN = {
  field: 'request_id',
  title: 'Request',
  links: [searchedFor('All lines of this request', VARIABLES.search, PANELS.allLines)],
} as const;
