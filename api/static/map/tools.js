// The tools beside the map: looking back in time, measuring, my position, sharing. Each is made where it is named.
/* global L */
import { el, icon, ICONS } from "./dom.js";
import { Locator } from "./locate.js";
import { Measure } from "./measure.js";
import { share } from "./share.js";
import { TimeBar } from "./time.js";
import { Tray } from "./tray.js";

export class Tools {
  /**
   * @param acts what tools may do with the page:
   *   asOf() the day of the view, travel(asOf, how), lower() the card's sheet on a phone, changed() the room for the map,
   *   ask(latlng) what is there, fit(bounds, how) into the free part of the map, address() of the view,
   *   middle() of the free part in pixels
   */
  constructor({ map, api, bounds, acts }) {
    this.map = map;
    this.tray = new Tray(acts.changed);
    this.buttons = {
      time: button("clock", "时间", "时间轴:看过去某年某日的地图", () => this.#toggle(this.time)),
      measure: button("measure", "测量", "测量距离和面积", () => this.#toggle(this.measure)),
      here: button("here", "定位", "定位:我的位置和所在政区", () => this.locator.run()),
      share: button("share", "分享", "分享当前地图的链接", () => share(document.title, acts.address())),
    };
    const onOpen = (name) => (open, held) => {
      this.buttons[name].setAttribute("aria-expanded", String(open));
      if (open) acts.lower();
      else if (held) this.buttons[name].focus({ preventScroll: true });
    };
    this.time = new TimeBar({ api, tray: this.tray, asOf: acts.asOf, travel: acts.travel, onOpen: onOpen("time") });
    this.measure = new Measure({ map, tray: this.tray, middle: acts.middle, onOpen: onOpen("measure") });
    this.locator = new Locator({
      map, bounds, acts, onBusy: (busy) => this.buttons.here.setAttribute("aria-busy", String(busy)),
    });
    for (const name of ["time", "measure"]) this.buttons[name].setAttribute("aria-expanded", "false");
  }

  addTo(map) {
    const Box = L.Control.extend({
      onAdd: () => {
        const box = el("div", { class: "leaflet-bar tools", role: "group", "aria-label": "地图工具" }, Object.values(this.buttons));
        L.DomEvent.disableClickPropagation(box);
        return box;
      },
    });
    new Box({ position: "bottomright" }).addTo(map);
  }

  get isOpen() {
    return Boolean(this.tray.owner);
  }

  /** Pixels of the map's lower edge that the tray covers. */
  get covered() {
    return this.tray.height;
  }

  /** The free part of the map has changed. */
  roomChanged() {
    this.measure.place();
  }

  /** Whether a click on the map belongs to a tool; then it is taken. */
  takes(latlng) {
    return this.measure.takes(latlng);
  }

  /** Shut the tray; false where it was shut. */
  close() {
    return this.tray.close();
  }

  #toggle(tool) {
    if (this.tray.owner === tool) this.tray.close();
    else tool.open();
  }
}

function button(name, text, label, act) {
  return el(
    "button", { type: "button", class: "tool", "aria-label": label, title: label, on: { click: act } },
    icon(ICONS[name]), el("span", { "aria-hidden": "true" }, text),
  );
}
