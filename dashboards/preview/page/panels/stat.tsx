import { getDisplayValueAlignmentFactors } from '@grafana/data';
import { PercentChangeColorMode } from '@grafana/schema';
import {
  BigValue,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  useTheme2,
  VizRepeater,
} from '@grafana/ui';
import type { ReactNode } from 'react';
import { flagOf, wordOf } from '../json.ts';
import type { DrawingProps } from './panel.ts';
import { ValueLinks } from './value-links.tsx';
import { orientationOf, textSizesOf, useValues } from './values.ts';

/** Big values, one a series, with a graph behind each when the panel asks for it. */
export const StatPanel = (props: DrawingProps): ReactNode => {
  const { width, height, panel, timeRange } = props;
  const { options } = panel;
  const theme = useTheme2();
  const graphMode = wordOf(options.graphMode, [BigValueGraphMode.Area, BigValueGraphMode.Line, BigValueGraphMode.None]);
  const values = useValues(props, graphMode !== BigValueGraphMode.None);
  return (
    <VizRepeater
      width={width}
      height={height}
      source={values}
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      itemSpacing={3}
      orientation={orientationOf(options)}
      autoGrid
      renderCounter={0}
      renderValue={({ value, alignmentFactors, count, ...size }) => (
        <ValueLinks value={value}>
          <BigValue
            {...size}
            value={value.display}
            count={count}
            {...(value.sparkline === undefined ? {} : { sparkline: { ...value.sparkline, timeRange } })}
            colorMode={wordOf(options.colorMode, [
              BigValueColorMode.Value,
              BigValueColorMode.Background,
              BigValueColorMode.BackgroundSolid,
              BigValueColorMode.None,
            ])}
            graphMode={graphMode}
            justifyMode={wordOf(options.justifyMode, [BigValueJustifyMode.Auto, BigValueJustifyMode.Center])}
            textMode={wordOf(options.textMode, [
              BigValueTextMode.Auto,
              BigValueTextMode.Value,
              BigValueTextMode.ValueAndName,
              BigValueTextMode.Name,
              BigValueTextMode.None,
            ])}
            percentChangeColorMode={wordOf(options.percentChangeColorMode, [
              PercentChangeColorMode.Standard,
              PercentChangeColorMode.Inverted,
              PercentChangeColorMode.SameAsValue,
            ])}
            alignmentFactors={alignmentFactors}
            text={textSizesOf(options)}
            disableWideLayout={!flagOf(options.wideLayout, true)}
            theme={theme}
          />
        </ValueLinks>
      )}
    />
  );
};
