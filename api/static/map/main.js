// The public map page: joins folium's map with search box, card, labels, tiles and the address of the page.
/* global L */
import { Api } from "./api.js";
import { Card } from "./card.js";
import { calm, el, icon, ICONS, lowPhone, phone } from "./dom.js";
import { EraLine } from "./era.js";
import { extent } from "./extent.js";
import { covering, furnish, keepFoot } from "./furnish.js";
import { Labels } from "./labels.js";
import { mendAfterOutage, MISSING } from "./mending.js";
import { copy, reportDialog, toast } from "./notes.js";
import { Permalink } from "./permalink.js";
import { fitZoom, frame, reach, zoomRoundTheMiddle } from "./room.js";
import { SearchBox } from "./search.js";
import { Sheet } from "./sheet.js";
import { makeTiles } from "./tiles.js";
import { Tools } from "./tools.js";
import { saidWord, whereWord } from "./words.js";

const CHOSEN = { color: "#b83227", weight: 2.5, fillColor: "#c0392b", fillOpacity: 0.09, interactive: false };
const AREA_PICK_ZOOM = 10.5; // closer than this a tap asks "what is here" instead of choosing the county
const PLACE_ZOOM = 13;

const byId = (id) => document.getElementById(id);

class Viewer {
  constructor(map, config) {
    this.map = map;
    this.config = config;
    this.link = new Permalink();
    this.moved = Boolean(this.link.state.view);
    this.api = new Api(() => this.link.state.asOf);
    this.bounds = toBounds(config.province);
    this.chosen = L.layerGroup().addTo(map);
    zoomRoundTheMiddle(this);
    this.sheet = new Sheet({ sheet: byId("sheet"), grip: byId("grip"), card: byId("card") }, () => this.#sheetMoved());
    this.card = new Card(byId("card"), {
      close: () => {
        this.close({ push: true });
        this.focusBack();
      },
      back: () => this.back(),
      canGoBack: () => Boolean(this.link.state.q),
      choose: (id) => this.choose(id, { push: true }),
      copy,
      report: (properties) => reportDialog({ properties, config }),
      retry: () => this.again(),
    });
    this.tools = new Tools({
      map, api: this.api, bounds: this.bounds,
      acts: {
        asOf: () => this.link.state.asOf,
        travel: (asOf, how) => this.travel(asOf, how),
        lower: () => phone() && this.sheet.isOpen && this.sheet.go("peek"),
        changed: () => {
          this.sheet.settle();
          this.#limit();
        },
        middle: () => this.middle,
        ask: (latlng) => this.ask(latlng),
        fit: (bounds, how) => this.#fit(bounds, how),
        address: () => this.link.address({ ...this.link.state, view: this.#view() }),
      },
    });
    this.era = new EraLine({
      api: this.api,
      travel: (asOf) => {
        this.travel(asOf, { push: true });
        map.getContainer().focus({ preventScroll: true }); // the button is gone
      },
    });
    this.search = new SearchBox({
      parts: Object.fromEntries(
        ["q", "search", "clear", "busy", "drop", "results", "notice", "more", "count", "said"].map((id) => [id, byId(id)]),
      ),
      api: this.api,
      onChoose: (item) => this.choose(item.id, { push: true, name: item.name, fromList: true }),
      onQuery: (q) => this.link.write({ q }),
      onOpen: (open) => document.body.classList.toggle("searching", open),
    });
  }

  async start() {
    this.#controls();
    this.#limit();
    const { view, place, q, asOf } = this.link.state;
    if (view) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
    else this.showArea();
    // The address gets a view once there is one to send on: not for the whole area that anyone sees first.
    for (const act of ["pointerdown", "wheel", "keydown"]) {
      document.addEventListener(act, () => { this.moved = true; }, { capture: true, once: true, passive: true });
    }
    this.map.on("moveend", () => {
      if (!this.moved) return;
      this.link.write({ view: this.#view() });
    });
    const retry = () => {
      this.tiles.redraw(this.map);
      this.labels.load();
    };
    const onFault = () => toast(MISSING, retry);
    this.tiles = makeTiles({
      url: this.api.tiles(), bounds: this.bounds, minZoom: 0, maxZoom: this.map.getMaxZoom(),
      sheer: Boolean(this.config.basemap), onFault,
    });
    this.tiles.layer.addTo(this.map);
    this.labels = new Labels({
      map: this.map, api: this.api, onFault, onPick: (id) => this.choose(id, { push: true, near: true }), covering,
    });
    mendAfterOutage(this);
    this.labels.load();
    this.#gestures();
    this.link.onReturn((state) => this.restore(state));
    this.#era(asOf);
    this.search.set(q);
    await Promise.all([
      q && this.search.run({ quiet: Boolean(place) }),
      place && this.choose(place, { keepView: Boolean(view), jump: true }),
    ]);
    // A link to a search, without a view of its own, shows where its first results are.
    if (q && !place && !view && !this.moved) this.#goToResults();
  }

  /** Open the card of a place, mark it on the map and go there. */
  async choose(id, { push = false, name = "", keepView = false, jump = false, near = false, fromList = false, stay = false } = {}) {
    this.search.close();
    this.again = (more) => this.choose(id, { name, keepView, jump, near, ...more });
    this.#stopAsking();
    const asking = new AbortController();
    this.asking = asking;
    this.link.write({ place: id }, { push });
    if (!stay) this.#await(name);
    if (fromList) {
      this.opener = byId("q");
      byId("card").focus({ preventScroll: true });
    }
    try {
      const feature = await this.api.place(id, asking.signal);
      if (asking.signal.aborted) return;
      this.#mark(feature);
      const { lon, lat } = feature.properties;
      this.card.place(feature.properties, typeof lon === "number" && typeof lat === "number");
      byId("said").textContent = saidWord(feature.properties);
      document.title = `${feature.properties.name} · ${this.config.title}`;
      // A link made on a wide screen may hold a view in which a phone's sheet would cover the place.
      if (!stay && (!keepView || !this.#inSight(feature.properties))) this.#goTo(feature, { jump, near });
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!("title" in error)) throw error;
      this.#unmark();
      this.card.fault(error);
    }
  }

  /** What is at this position: the divisions that hold it and the names around. */
  async ask(latlng, { stay = false } = {}) {
    if (!this.bounds.contains(latlng)) {
      byId("said").textContent = "此处不在本省范围内。";
      return;
    }
    this.search.close();
    this.again = (more) => this.ask(latlng, more);
    this.#stopAsking();
    const asking = new AbortController();
    this.asking = asking;
    this.#unmark();
    this.link.write({ place: "" });
    pin(latlng, "").addTo(this.chosen);
    if (!stay) this.#await("此处");
    const [lon, lat] = [Number(latlng.lng.toFixed(5)), Number(latlng.lat.toFixed(5))];
    try {
      const answer = await this.api.lookup(lon, lat, asking.signal);
      this.card.here({ lon, lat }, answer);
      byId("said").textContent = `此处:${whereWord(answer)}`;
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!("title" in error)) throw error;
      this.card.fault(error);
    }
  }

  /** On a low phone a card that rises shuts the tool in use. */
  #sheetMoved() {
    if (lowPhone() && this.sheet.isOpen && this.sheet.stop !== "peek") this.tools.close();
    this.#limit();
  }

  /** A card that is on its way; on a phone no higher than leaves room for a tool in use. */
  #await(name) {
    this.card.loading(name);
    const stop = phone() && !lowPhone() && this.tools.isOpen ? "peek" : "half";
    this.sheet.show(this.sheet.isOpen && !(lowPhone() && this.tools.isOpen) ? this.sheet.stop : stop);
  }

  close({ push = false } = {}) {
    this.#stopAsking();
    this.#unmark();
    this.sheet.hide();
    document.title = this.config.title;
    if (this.link.state.place) this.link.write({ place: "" }, { push });
  }

  /** From the card back to the list of results. */
  async back() {
    this.close({ push: true });
    if (this.search.isAnswered) this.search.open();
    else await this.search.run();
    // On a phone the box would bring up the keyboard over the list.
    if (phone()) byId("drop").focus();
    else this.search.focus();
  }

  /** A card that is gone must not take the focus along: it goes back to where the card was opened from. */
  focusBack() {
    // On a phone the box would bring up the keyboard, which nobody asked for.
    if (this.opener === this.map.getContainer() || phone()) this.map.getContainer().focus({ preventScroll: true });
    else this.search.focusStill();
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

  /** The reader went back or forward. */
  async restore({ q, place, view, asOf }) {
    this.#still();
    this.#era(asOf);
    if (view) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
    this.search.set(q);
    this.tiles.setUrl(this.map, this.api.tiles());
    this.labels.load();
    if (!place) this.close();
    await Promise.all([
      q && this.search.run({ quiet: Boolean(place) }),
      place && this.choose(place, { keepView: Boolean(view) }),
    ]);
  }

  /** The map of another day: what is open follows, and what is shown stays until the new is there. */
  async travel(asOf, { push = false } = {}) {
    if (asOf === this.link.state.asOf) return;
    this.link.write({ asOf }, { push });
    this.#era(asOf);
    this.tiles.setUrl(this.map, this.api.tiles());
    this.labels.load();
    await Promise.all([
      this.link.state.q && this.search.run({ quiet: true }),
      this.sheet.isOpen && this.again({ stay: true }),
    ]);
  }

  showArea() {
    const area = toBounds(this.config.area);
    const within = this.#room().bottom ? null : frame(this.map, area);
    this.#fit(area, { animate: false, maxZoom: this.config.maxZoom, within });
  }

  /** What is shown of another day says so; what was found for the last one is dropped. */
  #era(asOf) {
    this.era.show(asOf);
    this.search.forget();
    this.tools.time.show(asOf);
  }

  #stopAsking() {
    if (this.asking) this.asking.abort();
  }

  #unmark() {
    this.chosen.clearLayers();
    this.tiles.choose(null);
    this.labels.choose();
  }

  #mark({ geometry, properties }) {
    this.#unmark();
    const area = geometry && /Polygon$/.test(geometry.type);
    if (geometry && !/Point$/.test(geometry.type)) L.geoJSON(geometry, { style: CHOSEN, interactive: false }).addTo(this.chosen);
    if (!area && properties.own_division) {
      this.tiles.choose(properties.id);
    } else if (!area && typeof properties.lon === "number") {
      pin([properties.lat, properties.lon], properties.name).addTo(this.chosen);
      this.labels.choose({ point: properties.id });
      return;
    }
    this.labels.choose({ area: properties.id });
  }

  #view() {
    const { lat, lng } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lon: lng };
  }

  #inSight({ lon, lat }) {
    if (typeof lon !== "number" || typeof lat !== "number") return true;
    const [at, size, room] = [this.map.latLngToContainerPoint([lat, lon]), this.map.getSize(), this.#room()];
    return at.x > room.left && at.x < size.x && at.y > room.top && at.y < size.y - room.bottom;
  }

  #goTo({ geometry, properties }, { jump, near }) {
    const { bbox, lon, lat } = properties;
    const animate = !jump && !calm();
    if (bbox && (bbox[2] > bbox[0] || bbox[3] > bbox[1])) {
      this.#fit(toBounds(bbox), { animate, maxZoom: PLACE_ZOOM + 2 });
    } else if (typeof lon === "number" && typeof lat === "number") {
      // A name picked on the map is in view already: no flight, only out from under the card.
      const zoom = near ? this.map.getZoom() : Math.max(PLACE_ZOOM, this.map.getZoom());
      this.#fit(L.latLngBounds([[lat, lon]]), { animate, maxZoom: Math.min(zoom, this.config.maxZoom) });
    } else if (geometry) {
      this.#fit(L.geoJSON(geometry).getBounds(), { animate, maxZoom: PLACE_ZOOM });
    }
  }

  #goToResults() {
    const found = extent(this.search.items);
    const bounds = found && toBounds(found.bbox);
    if (bounds && this.bounds.contains(bounds)) this.#fit(bounds, { animate: false, maxZoom: found.zoom });
  }

  /** Bring bounds into the part of the map that panel and sheet leave free. */
  #fit(bounds, { animate, maxZoom, within = null }) {
    const room = this.#room();
    const { x, y } = this.map.getSize();
    const options = within
      ? { paddingTopLeft: [within.left, within.top], paddingBottomRight: [x - within.right, y - within.bottom], maxZoom }
      : { paddingTopLeft: [room.left + 24, room.top + 24], paddingBottomRight: [24, room.bottom + 40], maxZoom };
    this.#still();
    if (animate) this.map.flyToBounds(bounds, { ...options, duration: 0.9 });
    else this.map.fitBounds(bounds, { ...options, animate: false });
  }

  /**
   * End a running animation where it would end, so that it cannot move the map after the view that comes next.
   * Not `map.stop()`: that may start a zoom of its own. And no bounds meanwhile: they would start a new pan.
   */
  #still() {
    const { map } = this;
    const limit = map.options.maxBounds;
    map.options.maxBounds = L.latLngBounds([[-90, -180], [90, 180]]);
    if (map._animatingZoom) map._onZoomTransitionEnd();
    map._stop();
    map.options.maxBounds = limit;
  }

  #room() {
    const tray = this.tools.covered;
    if (phone()) return { left: 0, top: 64, bottom: this.sheet.covered + tray };
    const panel = byId("panel").getBoundingClientRect();
    return { left: panel.right, top: 0, bottom: tray };
  }

  /**
   * No view beyond the province: the outermost zoom shows it whole, and the map cannot be dragged past its edge
   * except by the strip that panel and sheet cover, else the covered part of the province could not be seen.
   */
  #limit() {
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
    this.tools.roomChanged();
  }

  #controls() {
    const { map } = this;
    map.attributionControl?.setPrefix(false);
    new ScaleBar({ position: "bottomright", imperial: false, maxWidth: 110 }).addTo(map);
    L.control.zoom({ position: "bottomright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    const Home = L.Control.extend({
      onAdd: () => {
        const button = el("button", { type: "button", class: "home", title: "回到全图", "aria-label": "回到全图" }, icon(ICONS.home));
        button.addEventListener("click", () => this.showArea());
        const box = el("div", { class: "leaflet-bar" }, button);
        L.DomEvent.disableClickPropagation(box);
        return box;
      },
    });
    new Home({ position: "bottomright" }).addTo(map);
    this.tools.addTo(map);
    map.on("resize", () => this.#limit());
  }

  #gestures() {
    const { map } = this;
    map.on("click", ({ latlng }) => {
      this.search.close();
      if (this.tools.takes(latlng)) return;
      const found = this.tiles.pick(map, latlng);
      if (found && found.kind === "place") this.choose(found.id, { push: true, near: true });
      else if (found && found.id && map.getZoom() < AREA_PICK_ZOOM) this.choose(found.id, { push: true });
      else if (found) this.ask(latlng);
    });
    // A long press on a phone, the right button on a desk.
    map.on("contextmenu", ({ latlng }) => this.tools.takes(latlng) || this.ask(latlng));
    let waiting = false;
    map.on("mousemove", ({ latlng }) => {
      if (waiting) return;
      waiting = true;
      window.requestAnimationFrame(() => {
        waiting = false;
        map.getContainer().classList.toggle("over", Boolean(this.tiles.pick(map, latlng)));
      });
    });
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        this.search.focus();
      } else if (event.key === "Escape" && !typing && !byId("dialog").open) {
        if (this.search.isOpen) this.search.close();
        else if (this.sheet.isOpen) {
          this.close({ push: true });
          this.focusBack();
        }
      }
    });
    document.addEventListener("pointerdown", (event) => {
      if (!phone() && this.search.isOpen && !byId("panel").contains(event.target)) this.search.close();
    });
  }
}

const ScaleBar = L.Control.Scale.extend({
  _updateMetric(maxMeters) {
    const metres = this._getRoundNum(maxMeters);
    this._updateScale(this._mScale, metres < 1000 ? `${metres} 米` : `${metres / 1000} 公里`, metres / maxMeters);
  },
});

/** A pin with its name, standing on the position. */
function pin(latlng, name) {
  const mark = el("span", { class: "pin" }, el("i"), name && el("b", {}, name));
  return L.marker(latlng, {
    icon: L.divIcon({ className: "pin-at", html: mark, iconSize: null }), interactive: false, keyboard: false, zIndexOffset: 2000,
  });
}

function toBounds([west, south, east, north]) {
  return L.latLngBounds([[south, west], [north, east]]);
}

const map = window.map_diming;
if (map) {
  const viewer = new Viewer(map, JSON.parse(byId("diming-config").textContent));
  keepFoot();
  viewer.start();
  furnish(viewer);
} else {
  toast("地图程序没有取到。", () => window.location.reload());
}
