import { renderTextPanelMarkdown, textUtil } from '@grafana/data';
import type { ReactNode } from 'react';
import { textOf } from '../json.ts';
import type { DrawingProps } from './panel.ts';

/** Makes HTML without scripts of a text, by the panel's mode. */
const htmlOf = (mode: unknown, content: string): string =>
  mode === 'html' ? textUtil.sanitizeTextPanelContent(content) : renderTextPanelMarkdown(content);

/** Markdown, HTML without scripts, or code. */
export const TextPanel = ({ panel, height, interpolate }: DrawingProps): ReactNode => {
  const { mode, content } = panel.options;
  const text = interpolate(textOf(content));
  if (mode === 'code') return <pre className="preview-text-code">{text}</pre>;
  return (
    <div
      className="markdown-html preview-text-panel"
      style={{ height }}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitized by Grafana's own functions
      dangerouslySetInnerHTML={{ __html: htmlOf(mode, text) }}
    />
  );
};
