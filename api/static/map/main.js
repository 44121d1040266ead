// The public map page: joins folium's map with search box, card, labels, tiles and the address of the page.
/* global L */
import { Api } from "./api.js";
import { Card } from "./card.js";
import { addControls } from "./controls.js";
import { el, lowPhone, phone } from "./dom.js";
import { EraLine } from "./era.js";
import { covering, furnish, keepFoot } from "./furnish.js";
import { takeGestures } from "./gestures.js";
import { Labels } from "./labels.js";
import { mendAfterOutage, MISSING } from "./mending.js";
import { copy, reportDialog, toast } from "./notes.js";
import { Permalink } from "./permalink.js";
import { SearchBox } from "./search.js";
import { Sheet } from "./sheet.js";
import { makeTiles } from "./tiles.js";
import { Tools } from "./tools.js";
import { View } from "./view.js";
import { saidWord, whereWord } from "./words.js";

const CHOSEN = { color: "#b83227", weight: 2.5, fillColor: "#c0392b", fillOpacity: 0.09, interactive: false };

const byId = (id) => document.getElementById(id);

class Viewer {
  constructor(map, config) {
    this.map = map;
    this.config = config;
    this.link = new Permalink();
    this.moved = Boolean(this.link.state.view);
    this.api = new Api(() => this.link.state.asOf);
    this.view = new View({ map, config, covered: () => ({ sheet: this.sheet.covered, tray: this.tools.covered }) });
    this.chosen = L.layerGroup().addTo(map);
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
      map, api: this.api, bounds: this.view.bounds,
      acts: {
        asOf: () => this.link.state.asOf,
        travel: (asOf, how) => this.travel(asOf, how),
        lower: () => phone() && this.sheet.isOpen && this.sheet.go("peek"),
        changed: () => {
          this.sheet.settle();
          this.#limit();
        },
        middle: () => this.view.middle,
        ask: (latlng) => this.ask(latlng),
        fit: (bounds, how) => this.view.fit(bounds, how),
        address: () => this.link.address({ ...this.link.state, view: this.view.now }),
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
    addControls(this.map, () => this.view.showArea());
    this.tools.addTo(this.map);
    this.map.on("resize", () => this.#limit());
    this.#limit();
    const { view, place, q, asOf } = this.link.state;
    if (view) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
    else this.view.showArea();
    // The address gets a view once there is one to send on: not for the whole area that anyone sees first.
    for (const act of ["pointerdown", "wheel", "keydown"]) {
      document.addEventListener(act, () => { this.moved = true; }, { capture: true, once: true, passive: true });
    }
    this.map.on("moveend", () => {
      if (!this.moved) return;
      this.link.write({ view: this.view.now });
    });
    const retry = () => {
      this.tiles.redraw(this.map);
      this.labels.load();
    };
    const onFault = () => toast(MISSING, retry);
    this.tiles = makeTiles({
      url: this.api.tiles(), bounds: this.view.bounds, minZoom: 0, maxZoom: this.map.getMaxZoom(),
      sheer: Boolean(this.config.basemap), onFault,
    });
    this.tiles.layer.addTo(this.map);
    this.labels = new Labels({
      map: this.map, api: this.api, onFault, onPick: (id) => this.choose(id, { push: true, near: true }), covering,
    });
    mendAfterOutage(this);
    this.labels.load();
    takeGestures(this);
    this.link.onReturn((state) => this.restore(state));
    this.#era(asOf);
    if (this.link.state.misread) toast("看不懂地址里的日期,显示的是今天。");
    this.search.set(q);
    await Promise.all([
      q && this.search.run({ quiet: Boolean(place) }),
      place && this.choose(place, { keepView: Boolean(view), jump: true }),
    ]);
    // A link to a search, without a view of its own, shows where its first results are.
    if (q && !place && !view && !this.moved) this.view.goToResults(this.search.items);
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
      if (!stay && (!keepView || !this.view.inSight(feature.properties))) this.view.goTo(feature, { jump, near });
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!("title" in error)) throw error;
      this.#unmark();
      this.card.fault(error);
    }
  }

  /** What is at this position: the divisions that hold it and the names around. */
  async ask(latlng, { stay = false } = {}) {
    if (!this.view.bounds.contains(latlng)) {
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

  /** The reader went back or forward. */
  async restore({ q, place, view, asOf }) {
    this.view.still();
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

  /** What is shown of another day says so; what was found for the last one is dropped. */
  #era(asOf) {
    this.era.show(asOf);
    this.search.forget();
    this.tools.time.show(asOf);
  }

  /** Sheet or tools cover another part of the map: how far it can be moved, and how many tools there is room for. */
  #limit() {
    this.view.limit();
    this.tools.roomChanged();
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
}

/** A pin with its name, standing on the position. */
function pin(latlng, name) {
  const mark = el("span", { class: "pin" }, el("i"), name && el("b", {}, name));
  return L.marker(latlng, {
    icon: L.divIcon({ className: "pin-at", html: mark, iconSize: null }), interactive: false, keyboard: false, zIndexOffset: 2000,
  });
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
