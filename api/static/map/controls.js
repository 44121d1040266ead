// The controls of the map's lower right corner: scale, zoom, the way back to the whole area.
/* global L */
import { el, icon, ICONS } from "./dom.js";

/** @param home what the button for the whole area does */
export function addControls(map, home) {
  const ScaleBar = L.Control.Scale.extend({
    _updateMetric(maxMeters) {
      const metres = this._getRoundNum(maxMeters);
      this._updateScale(this._mScale, metres < 1000 ? `${metres} 米` : `${metres / 1000} 公里`, metres / maxMeters);
    },
  });
  map.attributionControl?.setPrefix(false);
  new ScaleBar({ position: "bottomright", imperial: false, maxWidth: 110 }).addTo(map);
  L.control.zoom({ position: "bottomright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  const Home = L.Control.extend({
    onAdd: () => {
      const button = el("button", { type: "button", class: "home", title: "回到全图", "aria-label": "回到全图" }, icon(ICONS.home));
      button.addEventListener("click", () => home());
      const box = el("div", { class: "leaflet-bar" }, button);
      L.DomEvent.disableClickPropagation(box);
      return box;
    },
  });
  new Home({ position: "bottomright" }).addTo(map);
}
