// The tray at the lower edge of the map, in which one tool at a time works; beside the card, never over it.
import { el, fill, icon, ICONS } from "./dom.js";

export class Tray {
  /** @param onChange called when the tray opens, closes or changes its height */
  constructor(onChange) {
    this.node = el("section", { class: "tray", hidden: true });
    this.owner = null;
    document.getElementById("sheet").before(this.node);
    document.addEventListener("keydown", (event) => this.#escape(event), { capture: true });
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--tray", `${this.height}px`);
      onChange();
    }).observe(this.node);
  }

  /** Escape shuts the tray, unless it means something nearer: a dialog, the list of results, what is being typed. */
  #escape(event) {
    const typing = event.target.matches("input, textarea, select") && !this.node.contains(event.target);
    if (event.key !== "Escape" || !this.owner || typing || document.querySelector(".searching, dialog[open]")) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  /** Pixels that the tray takes, the gap above it included; 0 when it is shut. */
  get height() {
    return this.node.hidden ? 0 : this.node.offsetHeight + 10;
  }

  /** Give the tray to a tool, which has `closed()`; the tool that had it is closed. */
  show(owner, title, head, ...rows) {
    if (this.owner && this.owner !== owner) this.close();
    this.owner = owner;
    this.node.setAttribute("aria-label", title);
    fill(
      this.node,
      el(
        "div", { class: "tray-head" }, el("h2", { class: "tray-title" }, title), head,
        el(
          "button", { type: "button", class: "quiet tray-close", "aria-label": `关闭${title}`, on: { click: () => this.close() } },
          icon(ICONS.close),
        ),
      ),
      ...rows,
    );
    this.node.hidden = false;
    document.body.classList.add("with-tray");
  }

  /** Shut it; false where it was shut. */
  close() {
    if (!this.owner) return false;
    const { owner } = this;
    this.owner = null;
    const held = this.node.contains(document.activeElement);
    this.node.hidden = true;
    document.body.classList.remove("with-tray");
    owner.closed({ held });
    return true;
  }
}
