// My position: asked of the browser when the reader wants it, shown with its accuracy, then "what is here".
/* global L */
import { calm } from "./dom.js";
import { toast } from "./notes.js";
import { metresWord } from "./words.js";

const WAIT = { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 };
const VAGUE = 1000; // metres: beyond, even the township is a guess
const CLOSE = 16;
const RING = { color: "#1b4f9c", weight: 1.5, opacity: 0.7, fillColor: "#1b4f9c", fillOpacity: 0.12, interactive: false };
const DOT = { radius: 7, color: "#fff", weight: 2.5, fillColor: "#1b6fd1", fillOpacity: 1, interactive: false };

// GeolocationPositionError.code → what to tell
const REFUSED = {
  1: "没有得到定位许可。请在浏览器或手机的设置里允许本页使用位置信息,再点“定位”。",
  2: "现在取不到您的位置。请打开手机的定位功能,或到开阔处再试。",
  3: "等了很久没有取到位置。请到开阔处再试。",
};

export class Locator {
  /**
   * @param bounds where the map ends; a position beyond is not looked up
   * @param acts { fit(bounds, how), ask(latlng) }
   * @param onBusy called with whether the browser is being asked
   */
  constructor({ map, bounds, acts, onBusy }) {
    Object.assign(this, { map, bounds, acts, onBusy });
    this.shown = L.layerGroup().addTo(map);
    this.busy = false;
  }

  run() {
    if (this.busy) return;
    const hindrance = unable();
    if (hindrance) {
      toast(hindrance);
      return;
    }
    this.#wait(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.#found(coords), (error) => this.#failed(error), WAIT,
    );
  }

  /** The browser tells WGS-84, less than a metre from CGCS2000: no phone knows its position better. */
  #found({ latitude, longitude, accuracy }) {
    this.#wait(false);
    this.shown.clearLayers();
    const at = L.latLng(latitude, longitude);
    if (!this.bounds.contains(at)) {
      toast("您的位置不在本图的范围内,没有查询。");
      return;
    }
    const ring = L.circle(at, { ...RING, radius: accuracy }).addTo(this.shown);
    L.circleMarker(at, DOT).addTo(this.shown);
    this.acts.ask(at);
    this.acts.fit(ring.getBounds(), { animate: !calm(), maxZoom: CLOSE });
    const error = metresWord(Math.max(1, accuracy));
    toast(accuracy > VAGUE ? `定位不准,误差约 ${error},所在政区仅供参考。` : `已定位,误差约 ${error}。`);
  }

  #failed({ code }) {
    this.#wait(false);
    toast(REFUSED[code] || REFUSED[2]);
  }

  #wait(busy) {
    this.busy = busy;
    this.onBusy(busy);
  }
}

/** Why the browser cannot be asked at all; empty where it can. */
function unable() {
  if (!window.isSecureContext) return "浏览器只在 https 开头的安全网址上提供定位。请改用安全网址打开本页,或用搜索框查找。";
  return "geolocation" in navigator ? "" : "这个浏览器不能定位,请用搜索框查找。";
}
