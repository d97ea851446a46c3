import '@fontsource/inter/latin-400.css';
import '@fontsource/inter/latin-500.css';
import '@fontsource/inter/latin-600.css';
import '@fontsource/inter/latin-ext-400.css';
import '@fontsource/inter/latin-ext-500.css';
import '@fontsource/roboto-mono/latin-400.css';
import 'uplot/dist/uPlot.min.css';
import './page.css';
import { initPluginTranslations } from '@grafana/i18n';
import { createRoot } from 'react-dom/client';
import type { PreviewData } from '../preview-data.ts';
import { App } from './app.tsx';
import { collectErrors, reportError } from './errors.ts';
import { settled } from './ready.ts';

/** Canvases measure text when they are drawn, so the fonts have to be there before. */
const FONTS = ['400 12px Inter', '500 12px Inter', '600 12px Inter', '400 12px "Roboto Mono"'];

const elementOf = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element '${id}'`);
  return element;
};

/** Says on the page why it cannot be drawn; it counts as ready, so that nobody waits for it. */
const fail = (error: unknown): void => {
  reportError(error);
  document.body.textContent = `The preview cannot be drawn: ${error instanceof Error ? error.message : error}`;
  void settled();
};

const start = async (): Promise<void> => {
  const data = JSON.parse(elementOf('preview-data').textContent ?? '') as PreviewData;
  await Promise.all([initPluginTranslations('preview'), ...FONTS.map((font) => document.fonts.load(font))]);
  createRoot(elementOf('root'), { onUncaughtError: fail }).render(<App data={data} />);
};

collectErrors();
start().catch(fail);
