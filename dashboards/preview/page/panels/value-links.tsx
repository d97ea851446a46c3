import type { FieldDisplay } from '@grafana/data';
import { DataLinksContextMenu } from '@grafana/ui';
import type { ReactElement, ReactNode } from 'react';

interface Props {
  readonly value: FieldDisplay;
  readonly children: ReactElement;
}

/** A value that opens its links when it has any. */
export const ValueLinks = ({ value, children }: Props): ReactNode => {
  if (!value.hasLinks || value.getLinks === undefined) return children;
  return <DataLinksContextMenu links={value.getLinks}>{() => children}</DataLinksContextMenu>;
};
