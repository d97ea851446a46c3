import type { DataFrame, TimeRange, TimeZone } from '@grafana/data';
import type { ReactNode } from 'react';
import type { AnnotationEvent } from '../../preview-data.ts';
import type { PanelModel } from '../model.ts';
import type { Range } from '../time.ts';
import type { Interpolate } from '../variables.ts';

/** What the drawing of one kind of panel is given. */
export interface DrawingProps {
  readonly panel: PanelModel;
  /** Transformed, with options, display processors and names. */
  readonly frames: DataFrame[];
  /** Inside the frame of the panel, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly timeRange: TimeRange;
  readonly timeZone: TimeZone;
  readonly interpolate: Interpolate;
  readonly annotations: readonly AnnotationEvent[];
  /** The user chose a part of the time range by dragging. */
  readonly onZoom: (range: Range) => void;
}

/** Draws one kind of panel. */
export type Drawing = (props: DrawingProps) => ReactNode;
