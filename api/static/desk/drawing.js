// Drawing one point, line or polygon on the map, with undo; told to the form as GeoJSON.
/* global L */
import { drawn, INK, pin, show } from "./chart.js";
import { rounded } from "./coordinates.js";

const SHAPES = { Point: "Marker", LineString: "Line", Polygon: "Polygon" };
const TELL = {
  Point: "点一下地图定位置。",
  LineString: "依次点出线的走向,最后点“画完了”。",
  Polygon: "依次点出边界,最后点“画完了”。",
};
const CHANGE = { Point: "拖动可移动位置。", LineString: "拖动白点可修改;右击或长按白点可删去。", Polygon: "拖动白点可修改;右击或长按白点可删去。" };

export class Drawing {
  /** @param onChange called with the geometry or null after each act of the person */
  constructor(map, { tools, hint, onChange }) {
    this.map = map;
    this.tools = tools; // draw, finish, undo, erase, whole and shapes (the radio buttons)
    this.hint = hint;
    this.onChange = onChange;
    this.geometry = null;
    this.past = [];
    this.layer = null;
    map.pm.setLang("zh");
    map.pm.setGlobalOptions({
      snappable: false, allowSelfIntersection: true, tooltips: false, continueDrawing: false, markerStyle: { icon: pin() },
      pathOptions: INK, templineStyle: { ...INK, dashArray: "" }, hintlineStyle: { ...INK, weight: 2, dashArray: "6 6" },
      finishOn: "dblclick",
    });
    map.on("pm:create", ({ layer }) => {
      layer.remove();
      this.#take(layer.toGeoJSON(7).geometry);
    });
    map.on("pm:drawstart", ({ workingLayer }) => {
      workingLayer.on("pm:vertexadded", () => this.#buttons());
      this.#buttons();
    });
    map.on("pm:drawend", () => this.#buttons());
    tools.draw.addEventListener("click", () => (this.drawing ? this.stop() : this.start()));
    tools.finish.addEventListener("click", () => this.#finish());
    tools.undo.addEventListener("click", () => this.undo());
    tools.erase.addEventListener("click", () => this.#take(null));
    for (const radio of tools.shapes) {
      radio.addEventListener("change", () => { if (this.drawing) this.start(); else this.#buttons(); });
    }
    map.getContainer().addEventListener("keydown", (event) => {
      if (!this.drawing) return;
      if (event.key === "Escape") this.stop();
      if (event.key === "Enter") this.#finish();
    });
    this.#buttons();
  }

  get drawing() {
    return this.map.pm.globalDrawModeEnabled();
  }

  get shape() {
    return this.tools.shapes.find((radio) => radio.checked)?.value || "Point";
  }

  /** Choose what is drawn. Nothing happens to what is drawn already. */
  choose(shape) {
    for (const radio of this.tools.shapes) radio.checked = radio.value === shape;
    this.#buttons();
  }

  start() {
    this.stop();
    this.layer?.pm?.disable?.();
    this.map.pm.enableDraw(SHAPES[this.shape]);
    this.#buttons();
  }

  stop() {
    this.map.pm.disableDraw();
    this.#buttons();
  }

  undo() {
    if (this.drawing) {
      this.#tool()._removeLastVertex?.();
      this.#buttons();
    } else if (this.past.length) {
      this.set(this.past.pop());
      this.onChange(this.geometry);
    }
  }

  /** Show a geometry that came from elsewhere: the register, the typed field. */
  set(geometry, { look = false } = {}) {
    this.geometry = geometry;
    this.layer?.remove();
    this.layer = null;
    if (geometry) {
      this.choose(geometry.type.replace("Multi", ""));
      this.layer = drawn(geometry).addTo(this.map);
      this.#editable();
      if (look) this.look();
    }
    this.#buttons();
  }

  /** As set(), but can be undone. */
  replace(geometry) {
    this.past.push(this.geometry);
    this.set(geometry, { look: true });
  }

  /** Bring what is drawn into view; false where nothing is. */
  look() {
    const bounds = this.layer?.getBounds();
    if (!bounds?.isValid()) return false;
    const wide = bounds.pad(0.3);
    if (bounds.getNorthEast().equals(bounds.getSouthWest())) this.map.setView(bounds.getCenter(), 15, { animate: false });
    else show(this.map, [wide.getWest(), wide.getSouth(), wide.getEast(), wide.getNorth()]);
    return true;
  }

  #take(geometry) {
    this.stop();
    this.past.push(this.geometry);
    this.set(geometry && rounded(geometry));
    this.onChange(this.geometry);
  }

  #editable() {
    this.layer.eachLayer((part) => {
      part.pm.enable({ allowSelfIntersection: true, snappable: false, draggable: true });
      part.on("pm:edit pm:dragend", () => {
        const now = this.layer.getLayers().map((each) => each.toGeoJSON(7).geometry);
        this.past.push(this.geometry);
        this.geometry = now.length === 1 ? rounded(now[0]) : this.geometry;
        this.onChange(this.geometry);
        this.#buttons();
      });
    });
  }

  #tool() {
    return this.map.pm.Draw[SHAPES[this.shape]];
  }

  #corners() {
    return this.drawing && this.shape !== "Point" ? this.#tool()._layer?.getLatLngs().flat().length || 0 : 0;
  }

  #finish() {
    const needed = this.shape === "Polygon" ? 3 : 2;
    if (this.#corners() >= needed) this.#tool()._finishShape();
  }

  #buttons() {
    const { draw, finish, undo, erase } = this.tools;
    const [drawing, corners] = [this.drawing, this.#corners()];
    draw.textContent = drawing ? "不画了" : this.geometry ? "重新画" : "开始画";
    draw.classList.toggle("strong", !drawing && !this.geometry);
    finish.hidden = !drawing || this.shape === "Point";
    finish.disabled = corners < (this.shape === "Polygon" ? 3 : 2);
    finish.classList.toggle("strong", !finish.disabled);
    undo.disabled = drawing ? !corners : !this.past.length;
    erase.disabled = drawing || !this.geometry;
    this.map.getContainer().classList.toggle("drawing", drawing);
    if (drawing) this.hint.textContent = TELL[this.shape];
    else if (this.geometry) this.hint.textContent = CHANGE[this.shape];
    else this.hint.textContent = "选好点、线或面,再点“开始画”。还不清楚位置可以先留空。";
  }
}
