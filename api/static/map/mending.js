// After an outage: what is missing of the map is fetched again by itself as soon as the server answers anything else.
import { hush } from "./notes.js";

// Milliseconds between two attempts, doubled as long as they fail: tiles that are refused while all else answers.
const [SOON, LATE] = [1000, 60000];
export const MISSING = "部分地图没有取到。";

/** @param viewer the page: `map`, `api`, `tiles`, `labels` */
export function mendAfterOutage({ map, api, tiles, labels }) {
  let wait = 0;
  let next = 0;
  const mend = (begun) => {
    const failedAt = Math.max(tiles.failedAt, labels.failedAt);
    const now = performance.now();
    if (!failedAt || begun < failedAt || now < next) return;
    wait = Math.min(LATE, Math.max(SOON, 2 * wait));
    next = now + wait;
    hush(MISSING);
    if (tiles.failedAt) tiles.redraw(map);
    if (labels.failedAt) labels.load();
  };
  api.onAnswer = mend;
  window.addEventListener("online", () => {
    next = 0;
    mend(performance.now());
  });
  tiles.layer.on("load", () => {
    if (!tiles.failedAt) wait = 0;
  });
}
