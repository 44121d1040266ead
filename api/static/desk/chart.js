// The map of the desk pages: our own tiles and names on a Leaflet map, and the way to a division.
/* global L */
import { Api } from "../map/api.js";
import { calm } from "../map/dom.js";
import { Labels } from "../map/labels.js";
import { makeTiles } from "../map/tiles.js";

const MAX_ZOOM = 18;

/** A map in a node; `chart` holds `area` and `province` as west, south, east, north. */
export function makeChart(node, chart, { onFault = () => {} } = {}) {
  const map = L.map(node, {
    zoomControl: false, attributionControl: false, minZoom: 5, maxZoom: MAX_ZOOM, zoomSnap: 0.5,
    fadeAnimation: !calm(), zoomAnimation: !calm(), markerZoomAnimation: !calm(),
  });
  L.control.zoom({ position: "bottomright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  new ScaleBar({ position: "bottomleft", imperial: false }).addTo(map);
  show(map, chart.area);
  const tiles = makeTiles({
    url: "/tiles/map/{z}/{x}/{y}.mvt", bounds: toBounds(chart.province), minZoom: 0, maxZoom: MAX_ZOOM, onFault,
  });
  tiles.layer.addTo(map);
  const labels = new Labels({ map, api: new Api(() => ""), onPick: () => {}, onFault });
  labels.load();
  return map;
}

const ScaleBar = L.Control.Scale.extend({
  _updateMetric(most) {
    const metres = this._getRoundNum(most);
    this._updateScale(this._mScale, metres < 1000 ? `${metres} 米` : `${metres / 1000} 公里`, metres / most);
  },
});

/** Show a box of west, south, east, north; without one nothing moves. */
export function show(map, box, padding = 20) {
  if (box) map.fitBounds(toBounds(box), { animate: false, padding: [padding, padding] });
}

/** The box of a division from the register, or null. */
export async function boxOf(code) {
  try {
    const response = await fetch(`/api/divisions/${encodeURIComponent(code)}`, { headers: { Accept: "application/json" } });
    return response.ok ? (await response.json()).bbox : null;
  } catch {
    return null;
  }
}

export const INK = { color: "#b83227", weight: 4, opacity: 0.95, fillColor: "#c0392b", fillOpacity: 0.15 };

/** A layer for a geometry, in the ink of what is proposed. */
export function drawn(geometry) {
  return L.geoJSON(geometry, { style: () => INK, pointToLayer: (_, at) => L.marker(at, { icon: pin(), keyboard: false }) });
}

/** A point of ours: no picture file, sharp on every screen. */
export function pin() {
  return L.divIcon({ className: "spot", iconSize: [22, 22], iconAnchor: [11, 11] });
}

function toBounds([west, south, east, north]) {
  return L.latLngBounds([[south, west], [north, east]]);
}
