import { getDisplayValueAlignmentFactors } from '@grafana/data';
import { BarGaugeDisplayMode, BarGaugeNamePlacement, BarGaugeValueMode } from '@grafana/schema';
import { BarGauge, useTheme2, VizRepeater } from '@grafana/ui';
import type { ReactNode } from 'react';
import { flagOf, numberOf, wordOf } from '../json.ts';
import type { DrawingProps } from './panel.ts';
import { ValueLinks } from './value-links.tsx';
import { orientationOf, textSizesOf, useValues } from './values.ts';

const SPACING = 10;
/** Sizes that Grafana gives a bar whose file says nothing. */
const MIN_WIDTH = 8;
const MIN_HEIGHT = 16;
const MAX_HEIGHT = 300;

/** A bar a series. */
export const BarGaugePanel = (props: DrawingProps): ReactNode => {
  const { width, height, panel } = props;
  const { options } = panel;
  const theme = useTheme2();
  const values = useValues(props, false);
  return (
    <VizRepeater
      width={width}
      height={height}
      source={values}
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      itemSpacing={SPACING}
      orientation={orientationOf(options)}
      minVizWidth={numberOf(options.minVizWidth, MIN_WIDTH)}
      minVizHeight={numberOf(options.minVizHeight, MIN_HEIGHT)}
      maxVizHeight={numberOf(options.maxVizHeight, MAX_HEIGHT)}
      renderCounter={0}
      renderValue={({ value, alignmentFactors, count: _, ...size }) => (
        <ValueLinks value={value}>
          <BarGauge
            {...size}
            value={value.display}
            field={value.field}
            {...(value.view === undefined ? {} : { display: value.view.getFieldDisplayProcessor(value.colIndex ?? 0) })}
            displayMode={wordOf(options.displayMode, [
              BarGaugeDisplayMode.Gradient,
              BarGaugeDisplayMode.Basic,
              BarGaugeDisplayMode.Lcd,
            ])}
            valueDisplayMode={wordOf(options.valueMode, [
              BarGaugeValueMode.Color,
              BarGaugeValueMode.Text,
              BarGaugeValueMode.Hidden,
            ])}
            namePlacement={wordOf(options.namePlacement, [
              BarGaugeNamePlacement.Auto,
              BarGaugeNamePlacement.Left,
              BarGaugeNamePlacement.Top,
              BarGaugeNamePlacement.Hidden,
            ])}
            showUnfilled={flagOf(options.showUnfilled, true)}
            itemSpacing={SPACING}
            lcdCellWidth={12}
            text={textSizesOf(options)}
            alignmentFactors={alignmentFactors}
            theme={theme}
          />
        </ValueLinks>
      )}
    />
  );
};
