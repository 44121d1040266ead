// What a tap, a long press, the mouse and the keys of a reader do on the map page.
import { phone } from "./dom.js";

const AREA_PICK_ZOOM = 10.5; // closer than this a tap asks "what is here" instead of choosing the county

const byId = (id) => document.getElementById(id);

/** @param viewer the page: `map`, `tiles`, `tools`, `search`, `sheet`, `choose()`, `ask()`, `close()`, `focusBack()` */
export function takeGestures(viewer) {
  const { map } = viewer;
  map.on("click", ({ latlng }) => {
    viewer.search.close();
    if (viewer.tools.takes(latlng)) return;
    const found = viewer.tiles.pick(map, latlng);
    if (found && found.kind === "place") viewer.choose(found.id, { push: true, near: true });
    else if (found && found.id && map.getZoom() < AREA_PICK_ZOOM) viewer.choose(found.id, { push: true });
    else if (found) viewer.ask(latlng);
  });
  // A long press on a phone, the right button on a desk.
  map.on("contextmenu", ({ latlng }) => viewer.tools.takes(latlng) || viewer.ask(latlng));
  let waiting = false;
  map.on("mousemove", ({ latlng }) => {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(() => {
      waiting = false;
      map.getContainer().classList.toggle("over", Boolean(viewer.tiles.pick(map, latlng)));
    });
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      viewer.search.focus();
    } else if (event.key === "Escape" && !typing && !byId("dialog").open) {
      if (viewer.search.isOpen) viewer.search.close();
      else if (viewer.sheet.isOpen) {
        viewer.close({ push: true });
        viewer.focusBack();
      }
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!phone() && viewer.search.isOpen && !byId("panel").contains(event.target)) viewer.search.close();
  });
}
