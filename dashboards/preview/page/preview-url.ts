/** `/d/UID/slug?…viewPanel=7` */
const DASHBOARD = /^\/d\/([^/?#]+)[^?#]*(?:\?(?:[^#]*&)?viewPanel=(?:panel-)?(\d+))?/;

/** A link inside Grafana leads to the preview of that dashboard, in a file of its uid beside this one. */
export const previewUrl = (url: string): string => {
  const [, uid, panel] = DASHBOARD.exec(url) ?? [];
  if (uid === undefined) return url;
  return `${encodeURIComponent(uid)}.html${panel === undefined ? '' : `#panel-${panel}`}`;
};
