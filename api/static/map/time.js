// The time slider: the year or day that the map tells of, with a mark at each year in which divisions changed.
import { el, icon, ICONS } from "./dom.js";
import { toast } from "./notes.js";
import { eraWord } from "./words.js";

const PAUSE = 250;
const JOURNEY = 5000; // milliseconds: steps closer together are one journey, and one step of the back button
const CROWDED = 0.08; // part of the line that a year's number needs for itself

export class TimeBar {
  /**
   * @param asOf function that gives the year or day of the view, or "" for today
   * @param travel called with a year, a day or "" and `{ push }`
   * @param onOpen called with whether the bar is open
   */
  constructor({ api, tray, asOf, travel, onOpen }) {
    Object.assign(this, { api, tray, asOf, travel, onOpen });
    this.last = -JOURNEY;
  }

  get isOpen() {
    return this.tray.owner === this;
  }

  async open() {
    try {
      this.times = this.times || await this.api.times();
    } catch (error) {
      if (!("title" in error)) throw error;
      toast(`${error.title}:${error.detail}`, () => this.open());
      return;
    }
    if (!this.times.first) {
      toast("还没有录入行政区划的历史资料。");
      return;
    }
    this.#build();
    this.show(this.asOf());
    this.onOpen(true);
    this.slider.focus({ preventScroll: true });
  }

  closed({ held }) {
    window.clearTimeout(this.timer);
    this.onOpen(false, held);
  }

  /** Say which year or day the view is of; "" is today. */
  show(asOf) {
    if (!this.slider) return;
    const { today } = this.times;
    this.slider.value = asOf ? asOf.slice(0, 4) : yearOf(today);
    const day = asOf.length === 4 ? `${asOf}-12-31` : asOf || today;
    if (this.day.value !== day) this.day.value = day;
    const changes = this.changes.get(Number(this.slider.value)) || 0;
    this.now.textContent = eraWord(asOf) || "今天";
    const { first } = this.times;
    this.note.textContent = day < first ? `没有资料,记录从${eraWord(first.replace(/-12-31$/, ""))}起` : !asOf ? "" : changes ? `当年区划变更 ${changes} 次` : "当年区划无变更";
    this.slider.setAttribute("aria-valuetext", [this.now.textContent, this.note.textContent].filter(Boolean).join(","));
    this.before.disabled = this.#stop(-1) === null;
    this.after.disabled = this.#stop(1) === null;
    this.present.disabled = !asOf;
  }

  #build() {
    const { first, today, years } = this.times;
    this.changes = new Map(years.map(({ year, changes }) => [year, changes]));
    this.now = el("output", { class: "time-now" });
    this.note = el("span", { class: "faint time-note" });
    this.slider = el("input", {
      type: "range", class: "time-slider", min: yearOf(first), max: yearOf(today), step: 1, "aria-label": "年份",
      on: { input: () => this.#wish(this.#year(Number(this.slider.value))) },
    });
    this.day = el("input", {
      type: "date", class: "time-day", min: first, max: today, "aria-label": "选择某一天", title: "选择某一天",
      on: { change: () => this.#chosen() },
    });
    this.before = this.#button([icon(ICONS.back), "上次变更"], "上一个区划有变更的年份", () => this.#wish(this.#stop(-1)));
    this.after = this.#button(["下次变更", icon(ICONS.forth)], "下一个区划有变更的年份", () => this.#wish(this.#stop(1)));
    this.present = this.#button(["今天"], "回到今天的地图", () => this.#wish(""));
    this.tray.show(
      this, "时间轴", el("p", { class: "time-told" }, this.now, " ", this.note),
      el("div", { class: "time-line" }, this.slider, this.#marks()),
      el("div", { class: "tray-acts" }, this.before, this.after, this.day, this.present),
    );
  }

  #button(children, label, act) {
    return el("button", { type: "button", class: "act", "aria-label": label, title: label, on: { click: act } }, children);
  }

  /** A stroke for each year with changes, taller where there were many, and the numbers of some years. */
  #marks() {
    const [from, to] = [Number(this.slider.min), Number(this.slider.max)];
    const place = (node, year) => {
      node.style.left = `${((year - from) / Math.max(1, to - from)) * 100}%`;
      return node;
    };
    const strokes = [...this.changes].filter(([year]) => year >= from && year <= to).map(
      ([year, changes]) => place(el("i", { class: changes > 4 ? "time-mark many" : "time-mark" }), year),
    );
    const step = to - from > 120 ? 50 : to - from > 60 ? 20 : 10;
    const numbers = [[from, from], [to, "今天"]];
    for (let year = Math.ceil(from / step) * step; year <= to; year += step) {
      const room = Math.min(year - from, to - year) / Math.max(1, to - from);
      if (room > CROWDED) numbers.push([year, year]);
    }
    return el(
      "div", { class: "time-marks", "aria-hidden": "true" },
      strokes, numbers.map(([year, text]) => place(el("span", {}, text), year)),
    );
  }

  /** The year as the address has it; this year is today. */
  #year(year) {
    return year >= Number(this.slider.max) ? "" : String(year);
  }

  /** The next year before or after the shown one in which divisions changed; then the first year, or today. */
  #stop(way) {
    const [at, from, to] = [this.slider.value, this.slider.min, this.slider.max].map(Number);
    const stops = [from, ...[...this.changes.keys()].filter((year) => year > from && year < to), to].sort((a, b) => a - b);
    const found = way > 0 ? stops.find((year) => year > at) : stops.reverse().find((year) => year < at);
    return found === undefined ? null : this.#year(found);
  }

  /** A day was typed or picked; while it is half typed it lies far in the past, which the field itself refuses. */
  #chosen() {
    const { value, validity } = this.day;
    if (!value || !validity.valid) return;
    this.#wish(value === this.times.today ? "" : value.replace(/-12-31$/, ""));
  }

  /** Say it at once, and go there when the reader pauses. */
  #wish(asOf) {
    if (asOf === null) return;
    window.clearTimeout(this.timer);
    const held = document.activeElement;
    this.show(asOf);
    // A button that has just been used up would let the focus fall to the page's beginning.
    if (held && held.disabled) this.slider.focus({ preventScroll: true });
    this.timer = window.setTimeout(() => {
      const push = Date.now() - this.last > JOURNEY;
      this.last = Date.now();
      this.travel(asOf, { push });
    }, PAUSE);
  }
}

const yearOf = (date) => Number(date.slice(0, 4));
