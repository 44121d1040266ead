// A view in which nothing lies of what the register holds says so, with the way back.
import { el, phone } from "./dom.js";

const STEPS = [0.1, 0.23, 0.37, 0.5, 0.63, 0.77, 0.9]; // of the free part: a sliver at its edge is nothing to go by

/** @param viewer the page: `map`, `tiles`, `config`, `view` */
export function tellOutside(viewer) {
  const { map, tiles, config } = viewer;
  // Without boundaries on the map its ground tells nothing of where the province ends.
  if (!config.demo && !config.approved) return;
  const back = el("button", { type: "button" }, "回到全图");
  back.addEventListener("click", () => {
    viewer.view.showArea();
    map.getContainer().focus({ preventScroll: true }); // the button is gone
  });
  const note = el("p", { class: "outside", hidden: true }, el("span", {}, "这里不在本系统范围内。"), back);
  const live = el("div", { class: "outside-at", role: "status" }, note);
  document.querySelector(".map-frame").append(live);
  const look = () => {
    if (tiles.layer.isLoading() || document.querySelector(".tile-missing")) return;
    // A day before all records leaves the map empty everywhere: the line about the day says that.
    note.hidden = !viewer.era.isKnown || somethingIn(viewer);
    const { x, y } = viewer.view.middle;
    live.style.left = phone() ? "" : `${x}px`; // on a phone beside the buttons, see around.css
    live.style.top = phone() ? "" : `${y}px`;
  };
  tiles.layer.on("load", look);
  map.on("moveend", look);
  look();
}

function somethingIn({ map, tiles, view: { free } }) {
  const [west, east, south, north] = [free.getWest(), free.getEast(), free.getSouth(), free.getNorth()];
  return STEPS.some((across) => STEPS.some(
    (down) => tiles.pick(map, { lat: south + (north - south) * down, lng: west + (east - west) * across }),
  ));
}
