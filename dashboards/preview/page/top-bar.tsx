import type { ReactNode } from 'react';
import type { PreviewData } from '../preview-data.ts';
import { hrefOf } from './links.tsx';
import type { DashboardModel } from './model.ts';
import { type Range, shownTime } from './time.ts';
import { type Interpolate, shownValue } from './variables.ts';

interface Props {
  readonly dashboard: DashboardModel;
  readonly data: PreviewData;
  readonly range: Range;
  readonly zoomed: boolean;
  readonly onResetZoom: () => void;
  readonly dark: boolean;
  readonly onSwitchTheme: () => void;
  readonly interpolate: Interpolate;
}

/** As in a dashboard's file: the variable is not shown at all. */
const HIDE_VARIABLE = 2;
const HIDE_LABEL = 1;

const Variables = ({ dashboard, data }: Pick<Props, 'dashboard' | 'data'>): ReactNode => (
  <dl className="preview-variables">
    {dashboard.variables
      .filter(({ hide, name }) => hide !== HIDE_VARIABLE && data.variables[name] !== undefined)
      .map(({ name, label, hide }) => (
        <div key={name} data-variable={name}>
          {hide === HIDE_LABEL ? null : <dt>{label}</dt>}
          <dd>{shownValue(data.variables[name] ?? { text: '', value: '' })}</dd>
        </div>
      ))}
  </dl>
);

const Links = ({ dashboard: { links }, interpolate }: Pick<Props, 'dashboard' | 'interpolate'>): ReactNode => (
  <nav aria-label="Links of the dashboard">
    {links
      .filter(({ url }) => url !== '')
      .map(({ title, url, targetBlank }) => (
        <a
          key={`${title} ${url}`}
          href={hrefOf(url, interpolate)}
          {...(targetBlank ? { target: '_blank', rel: 'noreferrer' } : {})}
        >
          {interpolate(title)}
        </a>
      ))}
  </nav>
);

/** The title, the time range, the chosen variables and the links of the dashboard. */
export const TopBar = ({ range, zoomed, onResetZoom, dark, onSwitchTheme, ...props }: Props): ReactNode => {
  const { dashboard, interpolate } = props;
  return (
    <header className="preview-top-bar">
      <div className="preview-top-line">
        <h1 title={interpolate(dashboard.description)}>{interpolate(dashboard.title)}</h1>
        <span className="preview-time-range">
          {shownTime(range.from, dashboard.timeZone)} to {shownTime(range.to, dashboard.timeZone)}
        </span>
        {zoomed && (
          <button type="button" data-action="reset-zoom" onClick={onResetZoom}>
            Whole time range
          </button>
        )}
        <button type="button" data-action="switch-theme" onClick={onSwitchTheme}>
          {dark ? 'Light' : 'Dark'}
        </button>
      </div>
      <div className="preview-top-line">
        <Variables {...props} />
        <Links {...props} />
      </div>
    </header>
  );
};
