// Asking the service: one place for addresses, for the as-of date and for telling errors in plain words.

/** What went wrong, in the words of the service where it gave some. */
export class Problem extends Error {
  constructor(title, detail, status) {
    super(detail || title);
    this.title = title;
    this.detail = detail;
    this.status = status;
  }
}

export class Api {
  /** @param asOf function that gives the as-of date of the view, or "" for today */
  constructor(asOf) {
    this.asOf = asOf;
    this.onAnswer = () => {}; // called with when the request began that has just been answered well
  }

  search(q, { cursor = null, limit = 10, signal } = {}) {
    return this.#get("/api/search", { q, limit, cursor }, signal);
  }

  place(id, signal) {
    return this.#get(`/api/places/${encodeURIComponent(id)}`, {}, signal);
  }

  labels(bbox, zoom, signal) {
    return this.#get("/api/map/labels", { bbox: bbox.join(","), zoom }, signal);
  }

  lookup(lon, lat, signal) {
    return this.#get("/api/lookup", { lon: lon.toFixed(6), lat: lat.toFixed(6) }, signal);
  }

  times(signal) {
    return this.#get("/api/map/times", {}, signal);
  }

  tiles() {
    const asOf = this.asOf();
    return `/tiles/map/{z}/{x}/{y}.mvt${asOf ? `?as_of=${encodeURIComponent(asOf)}` : ""}`;
  }

  async #get(path, params, signal) {
    const query = new URLSearchParams();
    const asOf = this.asOf();
    for (const [key, value] of Object.entries({ ...params, as_of: asOf })) {
      if (value !== null && value !== undefined && value !== "") query.set(key, value);
    }
    const text = query.toString();
    const begun = performance.now();
    let response;
    try {
      response = await fetch(text ? `${path}?${text}` : path, { signal, headers: { Accept: "application/json" } });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem("网络不通", "没有连上服务器,请检查网络后重试。", 0);
    }
    if (!response.ok) throw await problem(response);
    this.onAnswer(begun);
    return response.json();
  }
}

async function problem(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // A proxy in between answered in its own words: ours below are plainer.
  }
  const title = body.title || (response.status >= 500 ? "服务暂时不可用" : "请求没有成功");
  return new Problem(title, body.detail || "请稍后重试。", response.status);
}
