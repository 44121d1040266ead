// The base map of Tianditu under our own tiles, where the installation has it; when it fails our tiles stand alone.
/* global L */
import { el } from "./dom.js";
import { toast } from "./notes.js";

// What can be chosen: the map or the picture, and from where on its own names, which ours do not replace, lie over it.
const KINDS = [
  { label: "政区", layers: [] },
  { label: "地图", layers: [["vec", 0], ["cva", 14]] },
  { label: "影像", layers: [["img", 0], ["cia", 14]] },
];
const ENOUGH = 4; // tiles that fail one after the other: then it is away, not one tile
const DEEPEST = 18;

export class BaseMap {
  /** @param viewer the page: `map`, `tiles`, `view`, `config` */
  constructor({ map, tiles, view: { bounds }, config }) {
    Object.assign(this, { map, tiles, bounds });
    const pane = map.createPane("base");
    pane.style.zIndex = 150; // under our tiles
    if (!config.approved) hideBeyond(map, bounds);
    this.#control(config);
    this.choose(1);
  }

  choose(index) {
    this.chosen = index;
    this.#clear();
    this.failed = 0;
    this.layers = KINDS[index].layers.map(([name, minZoom]) => this.#layer(name, minZoom).addTo(this.map));
    this.#sheer(this.layers.length > 0);
    this.button.textContent = KINDS[index].label;
    this.button.setAttribute("aria-label", `底图:${KINDS[index].label},点击更换`);
    this.note.hidden = !this.layers.length;
  }

  #layer(name, minZoom) {
    const layer = L.tileLayer(`/tiles/base/${name}/{z}/{x}/{y}`, {
      pane: "base", bounds: this.bounds, minZoom, maxNativeZoom: DEEPEST, maxZoom: this.map.getMaxZoom(), keepBuffer: 1,
    });
    layer.on("tileload", () => { this.failed = 0; });
    layer.on("tileerror", () => {
      this.failed += 1;
      if (this.failed >= ENOUGH && this.layers.includes(layer)) this.#fade();
    });
    return layer;
  }

  /** It is away: our own tiles take over, and one line says so. */
  #fade() {
    this.map.getPane("base").classList.add("base-fading");
    this.choose(0);
    toast("底图暂时没有取到,显示政区图。");
  }

  #clear() {
    for (const layer of this.layers || []) this.map.removeLayer(layer);
    this.layers = [];
  }

  #sheer(on) {
    this.map.getPane("base").classList.toggle("base-fading", !on);
    this.map.getContainer().classList.toggle("with-base", on);
    this.tiles.setSheer(this.map, on);
  }

  #control({ basemapApproval: approval }) {
    this.button = el("button", { type: "button", class: "home base-choice", title: "更换底图" });
    this.button.addEventListener("click", () => this.choose((this.chosen + 1) % KINDS.length));
    const button = this.button;
    const Choice = L.Control.extend({
      onAdd: () => {
        const box = el("div", { class: "leaflet-bar" }, button);
        L.DomEvent.disableClickPropagation(box);
        return box;
      },
    });
    new Choice({ position: "bottomright" }).addTo(this.map);
    this.note = el("span", {}, approval ? `底图:天地图 审图号:${approval}` : "底图:天地图");
    document.getElementById("legal").append(this.note);
  }
}

/** Without a map approval number nothing beyond the province is shown, also not what a tile at its edge holds. */
function hideBeyond(map, bounds) {
  const pane = map.createPane("beyond");
  pane.style.zIndex = 160;
  const world = [[-89, -400], [-89, 400], [89, 400], [89, -400]];
  const hole = [bounds.getSouthWest(), bounds.getNorthWest(), bounds.getNorthEast(), bounds.getSouthEast()];
  L.polygon([world, hole], { pane: "beyond", stroke: false, fillOpacity: 1, interactive: false, className: "beyond" }).addTo(map);
}
