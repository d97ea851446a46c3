import { colorManipulator } from '@grafana/data';
import { type UPlotConfigBuilder, useTheme2 } from '@grafana/ui';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import type { AnnotationEvent } from '../../preview-data.ts';

/** How opaque the area of a time range is. */
const AREA_OPACITY = 0.1;
const DASHES = [5, 5];
/** Half of the width of the marker below a line, in pixels. */
const MARKER = 5;

interface Marker {
  readonly event: AnnotationEvent;
  readonly left: number;
}

interface Place {
  readonly top: number;
  readonly markers: readonly Marker[];
}

const inside = (plot: uPlot, { from, to }: AnnotationEvent): boolean => {
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  return (to ?? from) >= (min ?? 0) && from <= (max ?? 0);
};

const pixel = (plot: uPlot, at: number): number => Math.round(plot.valToPos(at, 'x', true));

const drawEvent = (plot: uPlot, { from, to }: AnnotationEvent, color: string): void => {
  const { ctx, bbox } = plot;
  const x = pixel(plot, from);
  if (to !== null && to > from) {
    ctx.fillStyle = colorManipulator.alpha(color, AREA_OPACITY);
    ctx.fillRect(x, bbox.top, pixel(plot, to) - x, bbox.height);
  }
  ctx.strokeStyle = color;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
};

const draw = (plot: uPlot, events: readonly AnnotationEvent[], colorOf: (name: string) => string): void => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(DASHES.map((length) => length * devicePixelRatio));
  for (const event of events.filter((each) => inside(plot, each))) drawEvent(plot, event, colorOf(event.color));
  ctx.restore();
};

const placeOf = (plot: uPlot, events: readonly AnnotationEvent[]): Place => ({
  top: plot.over.offsetTop + plot.over.offsetHeight,
  markers: events
    .filter((event) => inside(plot, event))
    .map((event) => ({ event, left: plot.over.offsetLeft + plot.valToPos(event.from, 'x') })),
});

const samePlace = (a: Place, b: Place): boolean =>
  a.top === b.top &&
  a.markers.length === b.markers.length &&
  a.markers.every(({ left, event }, index) => left === b.markers[index]?.left && event === b.markers[index]?.event);

interface Props {
  readonly builder: UPlotConfigBuilder;
  readonly events: readonly AnnotationEvent[];
}

/** Dashed lines where something happened, each with a marker that tells what; an area for a time range. */
export const AnnotationLines = ({ builder, events }: Props): ReactNode => {
  const theme = useTheme2();
  const [place, setPlace] = useState<Place>({ top: 0, markers: [] });
  const current = useRef({ events, theme });
  current.current = { events, theme };
  useLayoutEffect(() => {
    builder.addHook('draw', (plot) => {
      const now = current.current;
      draw(plot, now.events, (name) => now.theme.visualization.getColorByName(name));
      const next = placeOf(plot, now.events);
      setPlace((before) => (samePlace(before, next) ? before : next));
    });
  }, [builder]);
  return place.markers.map(({ event, left }, index) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: two events may be the same in all they have
      key={index}
      className="preview-annotation-marker"
      data-annotation={event.name}
      role="img"
      aria-label={event.title || event.name}
      title={[event.title || event.name, event.text].filter(Boolean).join('\n')}
      style={{
        left: left - MARKER,
        top: place.top,
        borderBottomColor: theme.visualization.getColorByName(event.color),
      }}
    />
  ));
};
