// Printing: the part of the map that is seen and the open card, laid out for A4 with what a printed map must say.
import { el, fill } from "./dom.js";
import { inWechat, openInBrowser } from "./wechat.js";
import { eraSentence } from "./words.js";

const PATIENCE = 5000;
const METRES_PER_PIXEL = 0.0254 / 96; // of paper: a CSS pixel is 1/96 inch

export class Printing {
  /** @param viewer the page: `map`, `config`, `link`, `tiles`, `base`, `labels`, `free` */
  constructor(viewer) {
    this.viewer = viewer;
    this.before = null;
    window.addEventListener("beforeprint", () => this.begin());
    window.addEventListener("afterprint", () => this.end());
  }

  /** Lay out, wait for what the paper shows beyond the screen, print. */
  async print() {
    if (inWechat()) {
      openInBrowser("打印");
      return;
    }
    this.begin();
    await Promise.race([this.#whole(), new Promise((done) => { window.setTimeout(done, PATIENCE); })]);
    if (!this.before) return;
    window.print();
    // A browser that prints nothing tells nothing: the next act of the reader brings the page back.
    for (const act of ["pointerdown", "keydown"]) document.addEventListener(act, () => this.end(), { once: true });
  }

  /** From screen to paper. */
  begin() {
    if (this.before) return;
    const { map, free } = this.viewer;
    this.before = { centre: map.getCenter(), zoom: map.getZoom() };
    document.documentElement.classList.add("paper");
    document.getElementById("paper-head").hidden = false;
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(free, { animate: false });
    this.#head();
  }

  /** From paper to screen, as it was. */
  end() {
    if (!this.before) return;
    const { centre, zoom } = this.before;
    const { map } = this.viewer;
    this.before = null;
    document.documentElement.classList.remove("paper");
    document.getElementById("paper-head").hidden = true;
    map.invalidateSize({ animate: false, pan: false });
    map.setView(centre, zoom, { animate: false });
  }

  #head() {
    const { config, link } = this.viewer;
    const name = document.querySelector(".sheet:not([hidden]) .card-name");
    const { asOf } = link.state;
    const era = eraSentence(asOf) || "按今天的名称";
    fill(
      document.getElementById("paper-head"),
      el("p", { class: "paper-title" }, name ? `${config.title}:${name.textContent}` : config.title),
      el("p", { class: "paper-facts" }, [era, `打印日期 ${today()}`, `比例尺约 1:${this.#scale()}(原大打印)`].map((fact) => el("span", {}, fact))),
    );
  }

  /** Metres on the ground for one on paper, in the middle of the map, to two figures. */
  #scale() {
    const { map } = this.viewer;
    const { x, y } = map.getSize();
    const metres = map.distance(map.containerPointToLatLng([x / 2 - 50, y / 2]), map.containerPointToLatLng([x / 2 + 50, y / 2])) / 100;
    const scale = metres / METRES_PER_PIXEL;
    const step = 10 ** (Math.floor(Math.log10(scale)) - 1);
    return String(Math.round(scale / step) * step).replace(/\B(?=(\d{3})+$)/g, " ");
  }

  /** When all tiles and names of the paper are there. */
  #whole() {
    const { tiles, base, labels } = this.viewer;
    const drawn = [tiles.layer, ...(base ? base.layers : [])].map((layer) => new Promise((done) => {
      if (layer.isLoading()) layer.once("load", done);
      else done();
    }));
    return Promise.all([...drawn, labels.load()]);
  }
}

/** The date in China, whatever the clock of the device says of its place. */
function today() {
  return new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", year: "numeric", month: "long", day: "numeric" }).format(new Date());
}
