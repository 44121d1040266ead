// The address of the page is its state: ?q= ?place= ?as_of= and #zoom/lat/lon, so that any view can be sent on.

const CHINA = 8 * 3600 * 1000; // ahead of UTC, without summer time
const AS_OF = /^\d{4}(-\d{2}-\d{2})?$/;

export class Permalink {
  constructor() {
    this.state = this.read();
  }

  /** What the address says now; a part that makes no sense is left out. */
  read() {
    const params = new URLSearchParams(window.location.search);
    const asOf = params.get("as_of") || "";
    return {
      q: (params.get("q") || "").slice(0, 100),
      place: params.get("place") || "",
      asOf: isDay(asOf) && !isNow(asOf) ? asOf : "",
      misread: Boolean(asOf) && !isDay(asOf),
      view: readView(window.location.hash),
    };
  }

  /** Change part of the state. `push` makes a step that the back button returns from. */
  write(change, { push = false } = {}) {
    this.state = { ...this.state, ...change };
    const address = this.address();
    const now = window.location.pathname + window.location.search + window.location.hash;
    if (address === now) return;
    window.history[push ? "pushState" : "replaceState"](null, "", address);
  }

  address(state = this.state) {
    const { q, place, asOf, view } = state;
    const params = new URLSearchParams();
    if (q) params.set("q", q);
    if (place) params.set("place", place);
    if (asOf) params.set("as_of", asOf);
    const query = params.toString();
    const hash = view ? `#${view.zoom}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}` : "";
    return `${window.location.pathname}${query ? `?${query}` : ""}${hash}`;
  }

  /** Call back when the reader goes back or forward, or edits the hash by hand. */
  onReturn(callback) {
    window.addEventListener("popstate", () => {
      this.state = this.read();
      callback(this.state);
    });
  }
}

/** Whether it is a year, or a day that the calendar has. */
const isDay = (asOf) => AS_OF.test(asOf)
  && (asOf.length === 4 || (!Number.isNaN(Date.parse(asOf)) && new Date(asOf).toISOString().startsWith(asOf)));

/** Whether a year or day is not over yet in China: the map of today then. */
const isNow = (asOf) => asOf >= new Date(Date.now() + CHINA).toISOString().slice(0, asOf.length);

function readView(hash) {
  const parts = hash.replace(/^#/, "").split("/").map(Number);
  if (parts.length !== 3 || parts.some((part) => !Number.isFinite(part))) return null;
  const [zoom, lat, lon] = parts;
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180 || zoom < 0 || zoom > 24) return null;
  return { zoom, lat, lon };
}
