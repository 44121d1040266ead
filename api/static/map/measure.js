// Measuring on the map: points by click, tap or keyboard, with the running total of the distance or the area.
/* global L */
import { el, icon, ICONS } from "./dom.js";
import { crosses, ellipsoid } from "./geodesic.js";
import { toast } from "./notes.js";
import { areaWords, lengthWords } from "./words.js";

const INK = "#1b4f9c";
const LINE = { color: INK, weight: 3, interactive: false };
const AHEAD = { color: INK, weight: 2, dashArray: "4 6", interactive: false };
const AREA = { stroke: false, fill: true, fillColor: INK, fillOpacity: 0.12, interactive: false };
const POINT = { radius: 5, color: INK, weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false };
// The second click of a double click is no point of its own.
const TWICE = { pixels: 6, milliseconds: 500 };
const LEAST = { length: 2, area: 3 };

export class Measure {
  /**
   * @param middle function that gives the middle of the free part of the map, in pixels
   * @param onOpen called with whether the tool is open, and whether the focus was in it
   */
  constructor({ map, tray, middle, onOpen }) {
    Object.assign(this, { map, tray, middle, onOpen });
    this.kind = "length";
    this.points = [];
    this.drawing = false;
    this.drawn = L.layerGroup();
    this.ahead = L.layerGroup();
    this.cross = el("div", { class: "measure-cross", hidden: true, "aria-hidden": "true" });
    map.getContainer().append(this.cross);
    map.on("mousemove", ({ latlng }) => this.drawing && this.#look(latlng));
    map.on("mouseout", () => this.ahead.clearLayers());
    map.on("dblclick", () => this.drawing && this.finish());
    // Before the map's own keys: while measuring, they mean points.
    document.addEventListener("keydown", (event) => this.drawing && this.#key(event), { capture: true });
  }

  async open() {
    try {
      this.earth = await ellipsoid();
    } catch {
      toast("测量程序没有取到。", () => this.open());
      return;
    }
    this.#build();
    this.drawn.addTo(this.map);
    this.ahead.addTo(this.map);
    this.onOpen(true);
    this.#draw(true);
    this.centre.focus({ preventScroll: true });
  }

  closed({ held }) {
    this.points = [];
    this.#draw(false);
    this.drawn.remove();
    this.ahead.remove();
    this.onOpen(false, held);
  }

  /** Whether a click on the map is a point of this measurement; then it is taken. */
  takes(latlng) {
    if (!this.drawing) return false;
    const last = this.points[this.points.length - 1];
    const soon = Date.now() - this.at < TWICE.milliseconds;
    const at = (point) => this.map.latLngToContainerPoint(point);
    if (last && soon && at(last).distanceTo(at(latlng)) < TWICE.pixels) return true;
    this.at = Date.now();
    this.points.push(latlng);
    this.#draw(true);
    return true;
  }

  undo() {
    this.points.pop();
    this.#draw(true);
  }

  finish() {
    if (this.points.length >= LEAST[this.kind]) this.#draw(false);
  }

  clear() {
    this.points = [];
    this.#draw(true);
  }

  #build() {
    const kind = (name, text) => el(
      "button", { type: "button", class: "kind", "aria-pressed": "false", on: { click: () => this.#choose(name) } }, text,
    );
    const act = (text, run, label) => el("button", { type: "button", class: "act", "aria-label": label, on: { click: run } }, text);
    this.kinds = { length: kind("length", "测距离"), area: kind("area", "测面积") };
    this.total = el("p", { class: "measure-total", role: "status", "aria-live": "polite" });
    this.note = el("p", { class: "faint" });
    this.centre = act("中心加点", () => this.#mark(), "中心加点:在地图中心的十字处加一点");
    this.undone = act("撤销", () => this.undo(), "撤销最后一点");
    this.done = act("完成", () => this.finish());
    this.cleared = act("清除", () => this.clear(), "清除,重新测量");
    this.tray.show(
      this, "测量", el("div", { class: "kinds", role: "group", "aria-label": "测量什么" }, Object.values(this.kinds)),
      this.total, this.note, el("div", { class: "tray-acts" }, this.centre, this.undone, this.done, this.cleared),
    );
  }

  #choose(kind) {
    this.kind = kind;
    this.#draw(this.drawing);
  }

  /** A point at the cross, in the middle of what nothing covers. */
  #mark() {
    this.takes(this.map.containerPointToLatLng(this.middle()));
  }

  /** The cross goes to where the free part of the map has its middle now. */
  place() {
    const { x, y } = this.middle();
    this.cross.style.left = `${x}px`;
    this.cross.style.top = `${y}px`;
  }

  /** Keys outside the tray's own controls; the tray itself ends at Escape. */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const onMap = event.target === this.map.getContainer();
    if (event.key === "Backspace") this.undo();
    else if (event.key === "Enter" && onMap) this.finish();
    else if (event.key === " " && onMap) this.#mark();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #look(latlng) {
    this.ahead.clearLayers();
    const { points } = this;
    if (!points.length) return;
    L.polyline(this.earth.edge(points[points.length - 1], latlng), AHEAD).addTo(this.ahead);
    if (this.kind === "area" && points.length > 1) L.polyline(this.earth.edge(latlng, points[0]), AHEAD).addTo(this.ahead);
  }

  /** Draw and say what there is; `drawing` is whether further points are taken. */
  #draw(drawing) {
    this.drawing = drawing;
    const { map, points } = this;
    document.body.classList.toggle("measuring", drawing);
    map.doubleClickZoom[drawing ? "disable" : "enable"]();
    this.cross.hidden = !drawing;
    this.place();
    this.ahead.clearLayers();
    this.drawn.clearLayers();
    const closed = this.kind === "area" && points.length > 2;
    const edges = points.slice(1).map((point, at) => this.earth.edge(points[at], point));
    if (closed) edges.push(this.earth.edge(points[points.length - 1], points[0]));
    if (closed) L.polygon(edges.flat(), AREA).addTo(this.drawn);
    for (const edge of edges) L.polyline(edge, LINE).addTo(this.drawn);
    for (const point of points) L.circleMarker(point, POINT).addTo(this.drawn);
    this.#tell();
  }

  #tell() {
    const { points, kind, drawing } = this;
    if (!this.total) return;
    const held = document.activeElement;
    for (const [name, node] of Object.entries(this.kinds)) node.setAttribute("aria-pressed", String(name === kind));
    const least = LEAST[kind];
    const enough = points.length >= least;
    const words = enough ? this.#words() : [`还需 ${least - points.length} 个点`];
    this.total.replaceChildren(el("b", {}, words[0]), ...words.slice(1).map((word) => el("span", {}, word)));
    this.note.textContent = kind === "area" && crosses(points) ? "边线相交,面积没有意义,请撤销后重画。"
      : drawing ? "在地图上依次点选;也可移动地图,把十字对准后点“中心加点”。" : "已完成。按 CGCS2000 椭球面计算,只供参考。";
    this.undone.disabled = points.length === 0;
    this.cleared.disabled = points.length === 0;
    this.done.disabled = !drawing || points.length < least;
    this.centre.disabled = !drawing;
    // A button that has just been used up would let the focus fall to the page's beginning.
    if (held && held.disabled) (drawing ? this.centre : this.cleared).focus({ preventScroll: true });
  }

  #words() {
    if (this.kind === "length") return lengthWords(this.earth.length(this.points));
    const { area, perimeter } = this.earth.area(this.points);
    return [...areaWords(area), `周长 ${lengthWords(perimeter)[0]}`];
  }
}
