// Printing: the part of the map that is seen and the open card, laid out for A4 with what a printed map must say.
import { el, fill } from "./dom.js";
import { inWechat, openInBrowser } from "./wechat.js";
import { eraSentence } from "./words.js";

const PATIENCE = 5000;
const METRES_PER_PIXEL = 0.0254 / 96; // of paper: a CSS pixel is 1/96 inch

export class Printing {
  /** @param viewer the page: `map`, `config`, `link`, `tiles`, `base`, `labels`, `view` */
  constructor(viewer) {
    this.viewer = viewer;
    this.before = null;
    // The browser's own command waits for nothing: the paper then shows the picture that is drawn, only as large as fits.
    window.addEventListener("beforeprint", () => this.#begin(() => this.#still()));
    window.addEventListener("afterprint", () => this.end());
  }

  /** Lay out, wait for what the paper shows beyond the screen, print. */
  async print() {
    if (inWechat()) {
      openInBrowser("打印");
      return;
    }
    this.#begin(() => this.#anew());
    await Promise.race([this.#whole(), new Promise((done) => { window.setTimeout(done, PATIENCE); })]);
    if (!this.before) return;
    window.print();
    // A browser that prints nothing tells nothing: the next act of the reader brings the page back.
    for (const act of ["pointerdown", "keydown"]) document.addEventListener(act, () => this.end(), { once: true });
  }

  /** From screen to paper. */
  #begin(lay) {
    if (this.before) return;
    const { map } = this.viewer;
    this.before = { centre: map.getCenter(), zoom: map.getZoom(), size: map.getSize() };
    this.#head(lay());
  }

  #turn(on) {
    document.documentElement.classList.toggle("paper", on);
    document.getElementById("paper-head").hidden = !on;
  }

  /** Draw the map anew for the paper; gives how much it is enlarged. */
  #anew() {
    const { map, view: { free } } = this.viewer;
    this.#turn(true);
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(free, { animate: false });
    return 1;
  }

  /** Bring the drawn map to the size of the paper as a picture, the free part in the middle; gives the enlargement. */
  #still() {
    const { map, view: { free } } = this.viewer;
    const size = map.getSize();
    const [a, b] = [map.latLngToContainerPoint(free.getNorthWest()), map.latLngToContainerPoint(free.getSouthEast())];
    this.#turn(true);
    const box = map.getContainer();
    const { clientWidth: width, clientHeight: height } = box.parentElement;
    const scale = Math.min(width / (b.x - a.x), height / (b.y - a.y));
    const x = placed((scale * (a.x + b.x)) / 2, width, scale * size.x);
    const y = placed((scale * (a.y + b.y)) / 2, height, scale * size.y);
    Object.assign(box.style, {
      width: `${size.x}px`, height: `${size.y}px`, transformOrigin: "0 0", transform: `translate(${x}px, ${y}px) scale(${scale})`,
    });
    return scale;
  }

  /** From paper to screen, as it was. */
  end() {
    if (!this.before) return;
    const { centre, zoom, size } = this.before;
    const { map } = this.viewer;
    this.before = null;
    this.#turn(false);
    Object.assign(map.getContainer().style, { width: "", height: "", transformOrigin: "", transform: "" });
    if (map.getSize().equals(size)) return; // a picture of it was printed: nothing has moved
    map.invalidateSize({ animate: false, pan: false });
    map.setView(centre, zoom, { animate: false });
  }

  #head(enlarged) {
    const { config, link } = this.viewer;
    const name = document.querySelector(".sheet:not([hidden]) .card-name");
    const { asOf } = link.state;
    const era = eraSentence(asOf) || "按今天的名称";
    fill(
      document.getElementById("paper-head"),
      el("p", { class: "paper-title" }, name ? `${config.title}:${name.textContent}` : config.title),
      el("p", { class: "paper-facts" }, [era, `打印日期 ${today()}`, `比例尺约 1:${this.#scale(enlarged)}(原大打印)`].map((fact) => el("span", {}, fact))),
    );
  }

  /** Metres on the ground for one on paper, in the middle of the map, to two figures. */
  #scale(enlarged) {
    const { map } = this.viewer;
    const { x, y } = map.getSize();
    const metres = map.distance(map.containerPointToLatLng([x / 2 - 50, y / 2]), map.containerPointToLatLng([x / 2 + 50, y / 2])) / 100;
    const scale = metres / enlarged / METRES_PER_PIXEL;
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

/** Where a picture begins whose `middle` belongs into the middle of a frame, and which leaves no edge of it bare. */
function placed(middle, frame, picture) {
  const at = frame / 2 - middle;
  return picture < frame ? at : Math.min(0, Math.max(at, frame - picture));
}

/** The date in China, whatever the clock of the device says of its place. */
function today() {
  return new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", year: "numeric", month: "long", day: "numeric" }).format(new Date());
}
