// What stands around the map: ways to the other views, printing, keys, signs of waiting, the line at the foot.
import { BaseMap } from "./basemap.js";
import { keepDoors, keepSkips } from "./doors.js";
import { mapByKeys } from "./keys.js";
import { tellOutside } from "./outside.js";
import { Printing } from "./print.js";
import { showWaiting } from "./waiting.js";

/** @param viewer the page, with its map, tiles, search and link */
export function furnish(viewer) {
  keepDoors();
  keepSkips(viewer.search);
  mapByKeys(viewer);
  showWaiting(viewer);
  tellOutside(viewer);
  if (viewer.config.basemap) viewer.base = new BaseMap(viewer);
  const printing = new Printing(viewer);
  document.getElementById("print").addEventListener("click", () => printing.print());
}

/** The boxes in pixels of the map where a name could not be read or tapped: the line at the foot, each control. */
export function covering() {
  const origin = document.getElementById("map_diming").getBoundingClientRect();
  return [...document.querySelectorAll("#legal, .leaflet-bottom.leaflet-right .leaflet-control, #ways, .tray")]
    .map((node) => node.getBoundingClientRect())
    .filter(({ width, height }) => width && height)
    .map(({ left, top, right, bottom }) => [left - origin.left, top - origin.top, right - origin.left, bottom - origin.top]);
}

/** The controls stand above the line at the foot, however many lines it takes. */
export function keepFoot() {
  const foot = document.getElementById("legal");
  const measure = () => document.documentElement.style.setProperty("--legal", `${foot.offsetHeight}px`);
  measure();
  new window.ResizeObserver(measure).observe(foot);
}
