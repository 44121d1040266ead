// The panel that holds the card: beside the map on a desk, a sheet from the bottom on a phone, drawn to half or full.
import { lowPhone, phone } from "./dom.js";

const STOPS = ["peek", "half", "full"];
const FLICK = 0.5; // pixels per millisecond

export class Sheet {
  constructor({ sheet, grip, card }, onChange) {
    Object.assign(this, { sheet, grip, card, onChange });
    this.stop = "half";
    this.#listen();
    window.addEventListener("resize", () => !this.sheet.hidden && this.#place());
  }

  show(stop = "half") {
    this.sheet.hidden = false;
    this.go(stop);
  }

  hide() {
    this.sheet.hidden = true;
    delete document.body.dataset.sheet;
    document.documentElement.style.setProperty("--sheet", "0px");
    this.onChange();
  }

  /** The room beside it has changed. */
  settle() {
    if (this.isOpen) this.#place();
  }

  get isOpen() {
    return !this.sheet.hidden;
  }

  /** Pixels of the map's lower edge that the sheet covers; 0 on a desk. */
  get covered() {
    return this.isOpen && phone() ? Math.min(this.#height(this.stop), this.#height("half")) : 0;
  }

  go(stop) {
    this.stop = stop;
    document.body.dataset.sheet = stop;
    this.grip.setAttribute("aria-expanded", String(stop === "full"));
    if (stop !== "full") this.card.scrollTop = 0;
    this.#place();
    this.onChange();
  }

  #height(stop) {
    const window_ = window.innerHeight;
    // Beside a tool in use a low phone has room for the name alone.
    const peek = lowPhone() && document.body.classList.contains("with-tray") ? 92 : Math.min(176, window_ * 0.4);
    return { peek, half: window_ * 0.5, full: window_ - 72 }[stop];
  }

  #place() {
    const height = phone() ? this.#height(this.stop) : 0;
    this.sheet.style.height = phone() ? `${height}px` : "";
    document.documentElement.style.setProperty("--sheet", `${this.covered}px`);
  }

  #listen() {
    let start = null;
    let moved = false;
    this.grip.addEventListener("pointerdown", (event) => {
      if (!phone()) return;
      start = { y: event.clientY, height: this.sheet.offsetHeight, at: event.timeStamp };
      moved = false;
      this.grip.setPointerCapture(event.pointerId);
      this.sheet.classList.add("dragged");
    });
    this.grip.addEventListener("pointermove", (event) => {
      if (!start) return;
      const by = start.y - event.clientY;
      if (Math.abs(by) > 4) moved = true;
      this.sheet.style.height = `${Math.max(96, Math.min(this.#height("full"), start.height + by))}px`;
    });
    const end = (event) => {
      if (!start) return;
      this.sheet.classList.remove("dragged");
      const by = start.y - event.clientY;
      const speed = by / Math.max(1, event.timeStamp - start.at);
      if (moved) this.go(this.#nearest(start.height + by, speed));
      start = null;
    };
    this.grip.addEventListener("pointerup", end);
    this.grip.addEventListener("pointercancel", end);
    // A tap or the keyboard: one step up, from the top back to half.
    this.grip.addEventListener("click", () => {
      if (!moved) this.go(this.stop === "full" ? "half" : STOPS[STOPS.indexOf(this.stop) + 1]);
      moved = false;
    });
  }

  #nearest(height, speed) {
    const now = STOPS.indexOf(this.stop);
    if (speed > FLICK) return STOPS[Math.min(2, now + 1)];
    if (speed < -FLICK) return STOPS[Math.max(0, now - 1)];
    const far = (stop) => Math.abs(this.#height(stop) - height);
    return [...STOPS].sort((a, b) => far(a) - far(b))[0];
  }
}
