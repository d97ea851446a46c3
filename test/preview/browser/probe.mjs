/** Run in a page of the preview: what each panel shows, as plain values that the rules judge. See `facts.ts`. */
(() => {
  const HIDING = ['hidden', 'clip'];

  const boxOf = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left, top, right, bottom };
  };

  const common = (a, b) => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });

  const ancestors = (element, root) => {
    const all = [];
    for (let each = element; each !== null && each !== root.parentElement; each = each.parentElement) all.push(each);
    return all;
  };

  /** What is left of a box in its panel, and what is cut off where nothing scrolls, in pixels. */
  const clip = (element, root, box) => {
    let visible = box;
    let cut = 0;
    for (const each of ancestors(element, root)) {
      const { overflowX, overflowY, display } = getComputedStyle(each);
      if (display === 'inline') continue;
      const area = boxOf(each);
      if (overflowX !== 'visible') {
        if (HIDING.includes(overflowX)) cut = Math.max(cut, visible.right - area.right, area.left - visible.left);
        visible = common(visible, { ...visible, left: area.left, right: area.right });
      }
      if (overflowY !== 'visible') {
        if (HIDING.includes(overflowY)) cut = Math.max(cut, visible.bottom - area.bottom, area.top - visible.top);
        visible = common(visible, { ...visible, top: area.top, bottom: area.bottom });
      }
    }
    return { visible, cut };
  };

  const colorsIn = (text) =>
    [...text.matchAll(/rgba?\(([^)]+)\)/g)].map(([, numbers]) => {
      const [red, green, blue, alpha = 1] = numbers.split(/[\s,/]+/).map(Number);
      return [red, green, blue, alpha];
    });

  const over = ([red, green, blue, alpha], below) =>
    [red, green, blue].map((value, index) => value * alpha + below[index] * (1 - alpha));

  /** The colours that are behind an element: one, or all that a gradient has. */
  const backgroundsOf = (element) => {
    const layers = [];
    for (let each = element; each !== null; each = each.parentElement) {
      const { backgroundColor, backgroundImage } = getComputedStyle(each);
      const gradient = colorsIn(backgroundImage);
      const layer = gradient.length > 0 ? gradient : colorsIn(backgroundColor).filter(([, , , alpha]) => alpha > 0);
      if (layer.length > 0) layers.push(layer);
      if (layer.length > 0 && layer.every(([, , , alpha]) => alpha === 1)) break;
    }
    return layers.reduceRight(
      (below, layer) => layer.flatMap((color) => below.map((under) => over(color, under))),
      [[255, 255, 255]],
    );
  };

  const ROLES = [
    ['head', '[role=columnheader]'],
    ['cell', '[role=gridcell]'],
    ['legend', '[data-testid="data-testid viz-layout-legend"]'],
    ['log', '.preview-log-text'],
    ['title', 'h2'],
  ];

  const roleOf = (element) => ROLES.find(([, selector]) => element.closest(selector) !== null)?.[0] ?? 'other';

  const textOf = (node, root) => {
    const element = node.parentElement;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter(({ width }) => width > 0);
    if (lines.length === 0) return [];
    const { color, fill, fontSize, fontWeight, textOverflow } = getComputedStyle(element);
    const box = boxOf(range);
    const { visible, cut } = clip(element, root, box);
    // The rectangles of a text with an ellipsis may end with the ellipsis.
    const hidden = textOverflow === 'ellipsis' ? element.scrollWidth - element.clientWidth : 0;
    return [
      {
        text: node.data.trim(),
        role: roleOf(element),
        box: visible,
        cut: Math.max(0, cut, hidden),
        lines: new Set(lines.map(({ top }) => Math.round(top))).size,
        color: colorsIn(element instanceof SVGElement ? fill : color)[0] ?? [],
        backgrounds: backgroundsOf(element),
        fontSize: Number.parseFloat(fontSize),
        bold: Number(fontWeight) >= 700,
      },
    ];
  };

  const textsIn = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement;
      if (node.data.trim() === '' || element.closest('style, title, .sr-only') !== null) continue;
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      found.push(...textOf(node, root));
    }
    return found;
  };

  const FOCUSABLE = 'a[href], button, input, select, [tabindex]';
  const CLICKABLE = 'a[href], button, input, select, label, summary';
  const canFocus = (element) => element.matches(FOCUSABLE) && element.tabIndex >= 0;

  /** What shows that it can be clicked, and cannot be focused. A table moves its focus by arrow keys. */
  const unreachableIn = (root) =>
    [...root.querySelectorAll('*')]
      .filter(
        (element) =>
          element.matches('a[href], button') ||
          (getComputedStyle(element).cursor === 'pointer' &&
            getComputedStyle(element.parentElement).cursor !== 'pointer'),
      )
      .filter(
        (element) =>
          element.closest('[role=grid]')?.querySelector('[tabindex="0"]') == null &&
          !canFocus(element) &&
          !ancestors(element.parentElement, root).some((each) => each.matches(CLICKABLE) && canFocus(each)) &&
          ![...element.querySelectorAll(FOCUSABLE)].some(canFocus),
      )
      .map((element) => element.textContent.trim() || element.tagName.toLowerCase());

  const legendOf = (root) => {
    const legend = root.querySelector('[data-testid="data-testid viz-layout-legend"]');
    if (legend === null) return [];
    return [...legend.querySelectorAll('[class*=LegendLabel]')].map((label) => {
      const icon = (label.closest('tr') ?? label.parentElement).querySelector('[data-testid=series-icon]');
      const box = boxOf(label);
      const { visible } = clip(label, root, box);
      const height = box.bottom - box.top;
      return {
        name: label.textContent.trim(),
        color: icon === null ? [] : (colorsIn(getComputedStyle(icon).background)[0] ?? []),
        whole: visible.right > visible.left && visible.bottom - visible.top > height - 2,
      };
    });
  };

  /** How far an edge of a line is from its colour, where it covers a part of a pixel. */
  const TOLERANCE = 60;

  /** Whether a graph has a pixel of the colours of its legend. */
  const hasLines = (root, legend) => {
    const canvas = root.querySelector('.uplot canvas');
    const colors = legend.map(({ color }) => color).filter(({ length }) => length > 0);
    if (canvas === null || colors.length === 0) return true;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] < 128) continue;
      const near = (color) => [0, 1, 2].every((index) => Math.abs(data[at + index] - color[index]) < TOLERANCE);
      if (colors.some(near)) return true;
    }
    return false;
  };

  const panelOf = (root) => {
    const content = root.querySelector('[data-testid="data-testid panel content"]') ?? root;
    const plot = root.querySelector('.u-over');
    const lines = root.querySelectorAll('.preview-log-line');
    const legend = legendOf(root);
    return {
      id: Number(root.dataset.panelId),
      title: root.getAttribute('aria-label'),
      type: root.dataset.panelType,
      state: root.dataset.state,
      message: root.querySelector('.preview-panel-message')?.textContent.trim() ?? '',
      box: boxOf(root),
      content: boxOf(content),
      plot: plot === null ? null : boxOf(plot),
      texts: textsIn(root),
      legend,
      lines: hasLines(root, legend),
      annotations: root.querySelectorAll('.preview-annotation-marker').length,
      logs: [...lines].reduce((sum, line) => sum + line.getBoundingClientRect().height, 0),
      unreachable: unreachableIn(root),
    };
  };

  const around = [...document.querySelectorAll('.preview-top-bar, .preview-row, .preview-footer')];
  return {
    panels: [...document.querySelectorAll('[data-panel-id]')].map(panelOf),
    texts: around.flatMap(textsIn),
    unreachable: around.flatMap((each) => unreachableIn(each)),
    width: document.documentElement.clientWidth,
    scrollWidth: document.documentElement.scrollWidth,
    exceptions: window.__previewErrors,
  };
})();
