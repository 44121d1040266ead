// What the map shows and how it gets there: always within the part of the window that panel, sheet and tools leave free.
/* global L */
import { calm, phone } from "./dom.js";
import { extent } from "./extent.js";
import { fitZoom, frame, reach, zoomRoundTheMiddle } from "./room.js";

const PLACE_ZOOM = 13;

export class View {
  /**
   * @param config `province` and `area` (west, south, east, north), `minZoom`, `maxZoom`
   * @param covered the pixels that sheet and tools cover at the foot; asked for once they are there
   */
  constructor({ map, config, covered }) {
    this.map = map;
    this.config = config;
    this.covered = covered;
    this.bounds = toBounds(config.province);
    zoomRoundTheMiddle(this);
  }

  /** Where the middle is of what nothing covers, in pixels of the map. */
  get middle() {
    const { left, top, bottom } = this.#room();
    const size = this.map.getSize();
    return L.point((left + size.x) / 2, (top + size.y - bottom) / 2);
  }

  /** The part of the map that nothing covers. */
  get free() {
    const { left, top, bottom } = this.#room();
    const size = this.map.getSize();
    return L.latLngBounds(
      this.map.containerPointToLatLng([left, top]), this.map.containerPointToLatLng([size.x, size.y - bottom]),
    );
  }

  /** The bureau's area, as the page is first seen. */
  showArea() {
    const area = toBounds(this.config.area);
    const within = this.#room().bottom ? null : frame(this.map, area);
    this.fit(area, { animate: false, maxZoom: this.config.maxZoom, within });
  }

  /** Zoom and middle of the map, as the address of the page keeps them. */
  get now() {
    const { lat, lng } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lon: lng };
  }

  /** Whether a place is seen, where it has a position. */
  inSight({ lon, lat }) {
    if (typeof lon !== "number" || typeof lat !== "number") return true;
    const [at, size, room] = [this.map.latLngToContainerPoint([lat, lon]), this.map.getSize(), this.#room()];
    return at.x > room.left && at.x < size.x && at.y > room.top && at.y < size.y - room.bottom;
  }

  /** Go to a place: to its area or line as a whole, else to its position. */
  goTo({ geometry, properties }, { jump, near }) {
    const { bbox, lon, lat } = properties;
    const animate = !jump && !calm();
    if (bbox && (bbox[2] > bbox[0] || bbox[3] > bbox[1])) {
      this.fit(toBounds(bbox), { animate, maxZoom: PLACE_ZOOM + 2 });
    } else if (typeof lon === "number" && typeof lat === "number") {
      // A name picked on the map is in view already: no flight, only out from under the card.
      const zoom = near ? this.map.getZoom() : Math.max(PLACE_ZOOM, this.map.getZoom());
      this.fit(L.latLngBounds([[lat, lon]]), { animate, maxZoom: Math.min(zoom, this.config.maxZoom) });
    } else if (geometry) {
      this.fit(L.geoJSON(geometry).getBounds(), { animate, maxZoom: PLACE_ZOOM });
    }
  }

  /** Go to where the first results of a search are. */
  goToResults(items) {
    const found = extent(items);
    const bounds = found && toBounds(found.bbox);
    if (bounds && this.bounds.contains(bounds)) this.fit(bounds, { animate: false, maxZoom: found.zoom });
  }

  /** Bring bounds into the part of the map that panel and sheet leave free. */
  fit(bounds, { animate, maxZoom, within = null }) {
    const room = this.#room();
    const { x, y } = this.map.getSize();
    const options = within
      ? { paddingTopLeft: [within.left, within.top], paddingBottomRight: [x - within.right, y - within.bottom], maxZoom }
      : { paddingTopLeft: [room.left + 24, room.top + 24], paddingBottomRight: [24, room.bottom + 40], maxZoom };
    this.still();
    if (animate) this.map.flyToBounds(bounds, { ...options, duration: 0.9 });
    else this.map.fitBounds(bounds, { ...options, animate: false });
  }

  /**
   * End a running animation where it would end, so that it cannot move the map after the view that comes next.
   * Not `map.stop()`: that may start a zoom of its own. And no bounds meanwhile: they would start a new pan.
   */
  still() {
    const { map } = this;
    const limit = map.options.maxBounds;
    map.options.maxBounds = L.latLngBounds([[-90, -180], [90, 180]]);
    if (map._animatingZoom) map._onZoomTransitionEnd();
    map._stop();
    map.options.maxBounds = limit;
  }

  #room() {
    const { sheet, tray } = this.covered();
    if (phone()) return { left: 0, top: 64, bottom: sheet + tray };
    const panel = document.getElementById("panel").getBoundingClientRect();
    return { left: panel.right, top: 0, bottom: tray };
  }

  /**
   * No view beyond the province: the outermost zoom shows it whole, and the map cannot be dragged past its edge
   * except by the strip that panel and sheet cover, else the covered part of the province could not be seen.
   */
  limit() {
    const { map, bounds } = this;
    const room = this.#room();
    const size = map.getSize();
    const free = L.point(Math.max(120, size.x - room.left), Math.max(120, size.y - room.top - 40));
    const whole = fitZoom(map, bounds, free);
    map.options.minZoom = Math.min(this.config.maxZoom, Math.max(this.config.minZoom, whole));
    const within = room.bottom ? null : frame(map, bounds);
    const edge = () => { map.options.maxBounds = reach(map, bounds, this.#room(), within); };
    edge();
    if (this.edge) map.off("zoomend", this.edge);
    this.edge = edge;
    map.on("zoomend", edge);
  }
}

function toBounds([west, south, east, north]) {
  return L.latLngBounds([[south, west], [north, east]]);
}
