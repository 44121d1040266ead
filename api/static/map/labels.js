// Names on the map: the best of the view from the service, as many as fit without touching, steady between zooms.
/* global L */
import { el } from "./dom.js";

// Height of a line and width of a Han character in pixels, as map.css draws them.
const SIZE = {
  province: () => 24,
  prefecture: (zoom) => (zoom < 7 ? 12 : zoom < 7.5 ? 14 : 17),
  county: (zoom) => (zoom < 9 ? 12 : zoom < 11 ? 14 : 16),
  place: (zoom) => (zoom < 12 ? 12 : 13),
};
// From and until which zoom a kind is named: beyond it the name of a large area would stand in one of its parts and
// seem to name that; before it, the names of villages would hide those of counties.
const ZOOMS = { province: [0, 7], prefecture: [0, 9.5], county: [7, 24], place: [9, 24] };
// While prefectures carry the colour their names are bold; after that they only say where one is.
const PREFECTURE_ZOOM = 8;
// Steps aside for the name of a prefecture, in its own widths and heights: all thirteen shall stand on a phone.
const BESIDE = [[0, 0], [0, 0.7], [0, -0.7], [0.4, 0], [-0.4, 0], [0.4, -0.8], [0, 1.3], [0, -1.3], [0.4, 0.8], [-0.4, 0.8], [0.5, -1.3]];
const SPACING = { province: 0.3, prefecture: 0.12, county: 0.04, place: 0 };
const GAP = 3;
// A name that stands keeps its place against newcomers up to this many ranks better: no flicker while zooming.
const LOYALTY = 15;

export class Labels {
  /**
   * @param onPick called with the place id of a tapped name
   * @param covering gives the boxes of the screen that lie over the map: no name is put under them
   */
  constructor({ map, api, onPick, onFault, covering = () => [] }) {
    this.map = map;
    this.covering = covering;
    this.api = api;
    this.onPick = onPick;
    this.onFault = onFault;
    this.group = L.layerGroup().addTo(map);
    this.markers = new Map();
    this.items = [];
    this.without = "";
    this.strong = "";
    this.request = null;
    this.failedAt = 0; // when the last asking failed; 0 where it did not
    map.on("moveend", () => this.soon());
    map.on("zoomstart", () => map.getPane("markerPane").classList.add("zooming"));
    map.on("zoomend", () => this.#draw());
  }

  soon() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.load(), 120);
  }

  async load() {
    if (this.request) this.request.abort();
    this.request = new AbortController();
    const bounds = this.map.getBounds().pad(0.15);
    const bbox = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((v) => v.toFixed(4));
    try {
      const answer = await this.api.labels(bbox, Math.round(this.map.getZoom()), this.request.signal);
      this.items = answer.items;
      this.failedAt = 0;
      this.#draw();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.failedAt = performance.now();
      this.onFault();
    }
  }

  /** What is chosen: the pin of a point carries its name, the name of an area stands out. */
  choose({ point = "", area = "" } = {}) {
    this.without = point;
    this.strong = area;
    this.#draw();
  }

  #draw() {
    this.map.getPane("markerPane").classList.remove("zooming");
    const zoom = this.map.getZoom();
    const shown = new Map();
    const taken = this.#covered();
    for (const item of this.#ordered()) {
      if (item.id === this.without) continue;
      const size = SIZE[item.kind](zoom);
      const spot = this.#spot(item, size, zoom, taken);
      if (!spot) continue;
      taken.push(spot.box);
      shown.set(item.id, { item, size, shift: spot.shift });
    }
    for (const [id, marker] of this.markers) {
      if (!shown.has(id)) {
        this.group.removeLayer(marker);
        this.markers.delete(id);
      }
    }
    for (const [id, { item, size, shift }] of shown) {
      const text = (this.markers.get(id) || this.#marker(item)).getElement().firstChild;
      if (text.textContent !== item.name) text.textContent = item.name; // another day, another name
      const wide = item.kind === "prefecture" && zoom > PREFECTURE_ZOOM;
      text.className = ["label", `label-${item.kind}`, `size-${size}`, wide && "label-wide", id === this.strong && "label-chosen"]
        .filter(Boolean).join(" ");
      text.style.left = `${shift[0]}px`;
      text.style.top = `${shift[1]}px`;
    }
  }

  /** What lies over the map, in the same pixels as the names. */
  #covered() {
    const origin = this.map.containerPointToLayerPoint([0, 0]).add(this.map.getPixelOrigin());
    return this.covering().map(([left, top, right, bottom]) => [
      left + origin.x, top + origin.y, right + origin.x, bottom + origin.y,
    ]);
  }

  #ordered() {
    const zoom = this.map.getZoom();
    const loyal = (item) => (item.id === this.strong ? Infinity : this.markers.has(item.id) ? LOYALTY : 0);
    return this.items
      .filter(({ id, kind }) => kind in ZOOMS && (id === this.strong || (zoom >= ZOOMS[kind][0] && zoom <= ZOOMS[kind][1])))
      .map((item, index) => ({ item, order: index - loyal(item) }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  }

  /** Where the name fits: on its position, or for a large area a little beside it; null where nowhere. */
  #spot(item, size, zoom, taken) {
    const at = this.map.project([item.lat, item.lon], zoom);
    const units = Array.from(item.name).reduce((sum, char) => sum + (char.codePointAt(0) > 0x2e7f ? 1 : 0.6), 0);
    const width = units * size * (1 + SPACING[item.kind]);
    const height = size * 1.25;
    // A place stands right of its dot, a division in the middle of its area.
    const left = item.kind === "place" ? at.x - 5 : at.x - width / 2;
    const right = left + width + (item.kind === "place" ? 12 : 0);
    for (const [dx, dy] of item.kind === "prefecture" ? BESIDE : [[0, 0]]) {
      const shift = [Math.round(dx * width), Math.round(dy * height)];
      const box = [
        left - GAP + shift[0], at.y - height / 2 - GAP + shift[1], right + GAP + shift[0], at.y + height / 2 + GAP + shift[1],
      ];
      if (!taken.some((other) => touches(box, other))) return { box, shift };
    }
    return null;
  }

  #marker(item) {
    const text = el("span", { class: "label" }, item.name);
    const marker = L.marker([item.lat, item.lon], {
      icon: L.divIcon({ className: "label-at", html: text, iconSize: null }),
      keyboard: false, // every name is reachable by the search box; 200 stops of the Tab key help nobody
      zIndexOffset: item.kind === "place" ? 0 : 500,
    });
    marker.on("click", () => this.onPick(item.id));
    marker.addTo(this.group);
    marker.getElement().setAttribute("aria-hidden", "true");
    this.markers.set(item.id, marker);
    return marker;
  }
}

function touches(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
