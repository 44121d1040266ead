// Lengths and areas on the ellipsoid of CGCS2000, by the library of C. F. F. Karney, which is fetched when first needed.

const LIBRARY = "/static/vendor/geographiclib-geodesic/geographiclib-geodesic.min.js";
// EPSG:1024, the ellipsoid of CGCS2000: that of WGS-84 but for the tenth digit of the flattening.
const SEMI_MAJOR = 6378137;
const FLATTENING = 1 / 298.257222101;
const PIECE = 10000; // metres after which a drawn edge gets a point in between, so that it shows the way it is measured

let made = null;

/** The ellipsoid, ready to measure on; rejects where the library cannot be fetched. */
export async function ellipsoid() {
  made = made || new Ellipsoid(await fetched());
  return made;
}

function fetched() {
  if (window.geodesic) return Promise.resolve(window.geodesic);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.addEventListener("load", () => resolve(window.geodesic));
    script.addEventListener("error", () => {
      script.remove();
      reject(new Error("the library was not fetched"));
    });
    document.head.append(script);
  });
}

class Ellipsoid {
  constructor({ Geodesic }) {
    this.earth = new Geodesic.Geodesic(SEMI_MAJOR, FLATTENING);
  }

  /** Metres along shortest lines from point to point ({ lat, lng } in degrees). */
  length(points) {
    return this.#sum(points, true).perimeter;
  }

  /** Square metres within the closed ring of points, whichever way round, and the metres around it. */
  area(points) {
    const { area, perimeter } = this.#sum(points, false);
    return { area: Math.abs(area), perimeter };
  }

  /** The shortest line from one point to another as [lat, lng] points to draw. */
  edge(from, to) {
    const line = this.earth.InverseLine(from.lat, from.lng, to.lat, to.lng);
    const pieces = Math.min(200, Math.max(1, Math.ceil(line.s13 / PIECE)));
    const between = [];
    for (let at = 1; at < pieces; at += 1) {
      const { lat2, lon2 } = line.Position((line.s13 * at) / pieces);
      between.push([lat2, lon2]);
    }
    return [[from.lat, from.lng], ...between, [to.lat, to.lng]];
  }

  #sum(points, open) {
    const sum = this.earth.Polygon(open);
    for (const { lat, lng } of points) sum.AddPoint(lat, lng);
    return sum.Compute(false, true);
  }
}

/** Whether two edges of the closed ring cross: its area is then no area of anything. */
export function crosses(points) {
  const edges = points.map((point, at) => [point, points[(at + 1) % points.length]]);
  return edges.some((one, i) => edges.some((other, j) => {
    const apart = Math.abs(i - j);
    return j > i && apart > 1 && apart < edges.length - 1 && meet(one, other);
  }));
}

function meet([a, b], [c, d]) {
  const side = (p, q, r) => Math.sign((q.lng - p.lng) * (r.lat - p.lat) - (q.lat - p.lat) * (r.lng - p.lng));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}
