declare global {
  interface Window {
    /** Exceptions of the page, for tests. */
    __previewErrors: string[];
  }
}

/** Chromium reports these as errors when a layout needs another frame to settle. */
const HARMLESS = /^ResizeObserver loop/;

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Keeps an exception for the tests, once. */
export const reportError = (error: unknown): void => {
  const text = textOf(error);
  if (!HARMLESS.test(text) && !window.__previewErrors.includes(text)) window.__previewErrors.push(text);
};

/** Keeps what nothing else catches. */
export const collectErrors = (): void => {
  window.__previewErrors = [];
  window.addEventListener('error', ({ error, message }) => reportError(error ?? message));
  window.addEventListener('unhandledrejection', ({ reason }) => reportError(reason));
};
