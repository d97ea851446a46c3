import { textUtil } from '@grafana/data';
import { Dropdown, Menu, ToolbarButton } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { DashboardLink } from './model.ts';
import { previewUrl } from './preview-url.ts';
import type { Interpolate } from './variables.ts';

/** Where a link leads from this page; only http, https and files beside the page are left. */
export const hrefOf = (url: string, interpolate: Interpolate): string =>
  textUtil.sanitizeUrl(previewUrl(interpolate(url)));

interface Props {
  readonly links: readonly DashboardLink[];
  readonly interpolate: Interpolate;
}

/** The links of a panel behind one button. */
export const LinkMenu = ({ links, interpolate }: Props): ReactNode => (
  <Dropdown
    overlay={
      <Menu>
        {links.map(({ title, url, targetBlank }) => (
          <Menu.Item
            key={`${title} ${url}`}
            label={interpolate(title)}
            url={hrefOf(url, interpolate)}
            {...(targetBlank ? { target: '_blank' } : {})}
          />
        ))}
      </Menu>
    }
  >
    <ToolbarButton icon="external-link-alt" iconSize="md" aria-label="Links of the panel" />
  </Dropdown>
);
