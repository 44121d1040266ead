// Where bounds may stand on the screen: beside panel and sheet, on a phone also clear of pills and buttons.
/* global L */
import { phone } from "./dom.js";

const boxOf = (node) => node.getBoundingClientRect();

/** Width and height in pixels that bounds take at a zoom. */
function sizeOf(map, bounds, zoom) {
  return L.bounds(map.project(bounds.getNorthWest(), zoom), map.project(bounds.getSouthEast(), zoom)).getSize();
}

/** The largest zoom, in steps of the map, at which bounds fit into a size in pixels. */
export function fitZoom(map, bounds, size) {
  const at = map.options.minZoom;
  const extent = sizeOf(map, bounds, 0);
  const zoom = Math.min(map.options.crs.zoom((size.x / extent.x) * 256), map.options.crs.zoom((size.y / extent.y) * 256));
  const step = map.options.zoomSnap || 1;
  return Number.isFinite(zoom) ? Math.floor(zoom / step) * step : at;
}

/**
 * The part of a phone's map in which bounds are seen whole: above the buttons or left of them, whichever shows more,
 * else right under the pills. Pixels of the map; null on a desk.
 */
export function frame(map, bounds) {
  if (!phone()) return null;
  const size = map.getSize();
  const origin = boxOf(map.getContainer());
  const top = Math.max(...[...document.querySelectorAll(".bar, #ways")].map((node) => boxOf(node).bottom)) - origin.top + 8;
  const bottom = boxOf(document.getElementById("legal")).top - origin.top;
  const buttons = [...document.querySelectorAll(".leaflet-bottom.leaflet-right .leaflet-bar")].map(boxOf)
    .filter(({ width }) => width);
  const whole = { left: 0, top, right: size.x, bottom };
  const parts = [
    { ...whole, bottom: Math.min(bottom, ...buttons.map((box) => box.top - origin.top)) },
    { ...whole, right: Math.min(size.x, ...buttons.map((box) => box.left - origin.left)) },
  ].map((part) => ({ part, zoom: fitZoom(map, bounds, L.point(part.right - part.left, part.bottom - part.top)) }));
  const best = parts.reduce((one, other) => (other.zoom > one.zoom ? other : one));
  if (best.zoom >= map.options.minZoom) return best.part;
  return { ...whole, bottom: Math.min(bottom, top + sizeOf(map, bounds, map.options.minZoom).y) };
}

/**
 * How far the map can be moved: to the edge of the bounds and the strip that something covers, else the covered part
 * could not be seen; bounds that are smaller than a phone's map stand in their frame.
 */
export function reach(map, bounds, room, within) {
  const { x, y } = map.getSize();
  const { x: width, y: height } = sizeOf(map, bounds, map.getZoom());
  let [west, east] = [room.left + 24, 24];
  let [north, south] = [room.top + 24, room.bottom + 48];
  if (within && height + north + south < y) {
    north = within.top + Math.max(0, (within.bottom - within.top - height) / 2);
    south = Math.max(0, y - height - north);
  }
  if (within && width + west + east < x) {
    west = within.left + Math.max(0, (within.right - within.left - width) / 2);
    east = Math.max(0, x - width - west);
  }
  return L.latLngBounds(
    map.unproject(map.project(bounds.getNorthWest()).subtract([west, north])),
    map.unproject(map.project(bounds.getSouthEast()).add([east, south])),
  );
}

/**
 * Zooming by buttons and keys goes round the middle of what nothing covers; Leaflet's own goes round the middle of the
 * window, where on a desk the panel stands beside the province. From the whole of it a phone goes to its middle.
 */
export function zoomRoundTheMiddle(view) {
  const { map, bounds } = view;
  map.setZoom = (zoom, options) => {
    const whole = phone() && map.getBounds().contains(bounds);
    return map.setZoomAround(whole ? map.latLngToContainerPoint(bounds.getCenter()) : view.middle, zoom, options);
  };
}
