/** Graphs and tables measure themselves in the frame after they are put on the page. */
const FRAMES_TO_SETTLE = 3;

const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
  });

/** Says on the root element that everything is drawn and that the fonts are loaded. */
export const settled = async (): Promise<void> => {
  await document.fonts.ready;
  for (let frame = 0; frame < FRAMES_TO_SETTLE; frame += 1) await nextFrame();
  document.documentElement.dataset.ready = 'true';
};
