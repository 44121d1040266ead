// The ground of the map: divisions and places from our own vector tiles, drawn on canvas, with picking and highlight.
/* global L */
import { keepInSight } from "./afterimage.js";

// Pale fills on which every label keeps a contrast of more than 4.5 : 1. Neighbours differ by the tile's `tint`.
const TINTS = ["#f8eedb", "#e7f0df", "#f7e5df", "#e4edf1", "#ede7f2", "#f6f2d4"];
const INK = { province: "#8a5a78", prefecture: "#9a7f8c", county: "#bdb2a8", township: "#cfc7bf", place: "#5c6668" };
const CHOSEN = "#f6c9bd";

// An area comes in pieces that reach over each other a little.
const FILL = { stroke: false, fill: true, fillOpacity: 1, fillRule: "nonzero" };
const POINT_REACH = 9;
// Kinds of geometry in a vector tile.
const [LINE, AREA] = [2, 3];
// Over a base map the areas only tint it.
const SHEER = 0.18;
let ground = 1;

/** The division or place style for one part of one feature. VectorGrid calls it for each feature of each tile. */
const STYLES = {
  divisions(properties, zoom) {
    const { level, part, tint } = properties;
    if (part === "fill") {
      return { ...FILL, fillColor: TINTS[tint % TINTS.length], fillOpacity: ground };
    }
    // No wider than twice the margin of 4 pixels that a tile carries around itself, else its edges show.
    if (part === "glow") return { stroke: true, fill: false, color: "#c9b4c4", opacity: 0.45, weight: 7.5 };
    const weight = {
      province: zoom < 9 ? 1.8 : 2.2,
      prefecture: zoom < 9 ? 1.2 : 1.6,
      county: zoom < 8 ? 0.5 : zoom < 10 ? 0.8 : 1.2,
      township: 0.6,
    }[level];
    return { stroke: true, fill: false, color: INK[level], opacity: 1, weight };
  },
  places(properties, zoom) {
    // Division names stand as labels in their area; a dot there would say "a point", which it is not.
    if (/^21[234]/.test(properties.class) || zoom < 9) return [];
    const radius = Math.min(3.6, 1.2 + (zoom - 9) * 0.5 + (properties.rank > 40000 ? 0.6 : 0));
    const past = properties.status === "historic" || properties.status === "cancelled";
    return {
      stroke: true, fill: true, radius, weight: 1.1, color: past ? "#8d9698" : INK.place, opacity: 0.9,
      fillColor: past ? "#e9ecec" : "#ffffff", fillOpacity: 1,
    };
  },
};

/** A canvas tile with as many pixels as the screen has; VectorGrid's own is blurred on every phone. */
function sharpTile(coords, size, options) {
  const tile = new L.Canvas.Tile(coords, size, options);
  // At least two: half steps of the zoom show tiles reduced, and lines of one pixel would break up.
  const ratio = Math.max(2, Math.min(window.devicePixelRatio || 1, 3));
  const canvas = tile.getContainer();
  canvas.width = size.x * ratio;
  canvas.height = size.y * ratio;
  tile._ctx.scale(ratio, ratio);
  return tile;
}

/**
 * Put the parts of the divisions in the order of drawing: glow, areas, then lines from weak to strong.
 * The tile brings the areas of the level that carries the colour, and each border once: what is coloured is what a
 * tap picks.
 */
function inOrder(tile) {
  const layer = tile.layers && tile.layers.divisions;
  if (!layer) return tile;
  const lines = (level) => layer.features.filter((feature) => feature.type === LINE && feature.properties.level === level);
  const as = (part) => (feature) => ({
    type: feature.type,
    geometry: feature.geometry,
    properties: { ...feature.properties, part },
  });
  const features = [
    ...lines("province").map(as("glow")),
    ...layer.features.filter((feature) => feature.type === AREA).map(as("fill")),
    ...["township", "county", "prefecture", "province"].flatMap((level) => lines(level).map(as("line"))),
  ];
  return { layers: { divisions: { extent: layer.extent, features }, ...rest(tile.layers) } };
}

function rest(layers) {
  const { divisions, ...others } = layers;
  return others;
}

/** @param onFault called once when tiles fail, again only after `redraw()` */
export function makeTiles({ url, bounds, minZoom, maxZoom, sheer, onFault }) {
  ground = sheer ? SHEER : 1;
  let failedAt = 0;
  // VectorGrid does not give up what it asked for: an answer that belongs to an earlier drawing must not count for this.
  let drawing = 0;
  const Grid = L.VectorGrid.Protobuf.extend({
    createTile(coords, done) {
      const mine = drawing;
      return L.VectorGrid.Protobuf.prototype.createTile.call(this, coords, (...told) => {
        if (mine === drawing) done(...told);
      });
    },
    _getVectorTilePromise(coords) {
      const mine = drawing;
      return L.VectorGrid.Protobuf.prototype._getVectorTilePromise.call(this, coords)
        .then((tile) => {
          // VectorGrid answers an HTTP error with an empty array, a real tile has an object.
          if (Array.isArray(tile.layers)) throw new Error("tile refused");
          return inOrder(tile);
        })
        .catch(() => {
          if (mine !== drawing) return { layers: {} };
          if (!failedAt) onFault();
          failedAt = performance.now();
          // What is not known must not look like a place where nothing is.
          const missing = this._vectorTiles[this._tileCoordsToKey(coords)];
          if (missing) missing.getContainer().classList.add("tile-missing");
          return { layers: {} };
        });
    },
  });
  const grid = new Grid(url, {
    rendererFactory: sharpTile,
    vectorTileLayerStyles: STYLES,
    getFeatureId: (feature) => (feature.properties.part === "fill" ? `d${feature.properties.place}` : undefined),
    bounds,
    minZoom,
    maxZoom,
    updateWhenZooming: false,
    keepBuffer: 1,
  });

  let chosen = null;
  return {
    layer: grid,
    /** When a tile failed last; 0 where none has since everything was fetched. */
    get failedAt() { return failedAt; },
    /** Fetch everything again. Not `grid.redraw()`: at half zooms Leaflet 1.9 then asks for tiles of zoom 7.5. */
    redraw(map) {
      failedAt = 0;
      drawing += 1;
      map.removeLayer(grid);
      map.addLayer(grid);
    },
    /** Let a base map shine through, or not; draws anew only where that changes. */
    setSheer(map, sheer) {
      if (ground === (sheer ? SHEER : 1)) return;
      ground = sheer ? SHEER : 1;
      this.redraw(map);
    },
    /** Show the tiles of another address; what was drawn stays in sight until they are there. */
    setUrl(map, address) {
      if (grid._url === address) return;
      keepInSight(map, grid);
      grid.setUrl(address, true);
      this.redraw(map);
    },
    /** Colour the area of a division's place; used where the register holds no outline of its own for it. */
    choose(place) {
      if (chosen) grid.resetFeatureStyle(chosen);
      chosen = place ? `d${place}` : null;
      if (chosen) {
        // Without a line: it would show where the pieces meet.
        grid.setFeatureStyle(chosen, { ...FILL, fillColor: CHOSEN });
      }
    },
    /** What lies under a position: the nearest dot within reach, else the coloured area, else null. */
    pick: (map, latlng) => pick(grid, map, latlng),
  };
}

// Picking reads the drawn tiles instead of listening on them: tile events of VectorGrid 1.3 need L.DomEvent.fakeStop,
// which Leaflet 1.9 lacks, and fail on points, which have no getLatLng.
function pick(grid, map, latlng) {
  const zoom = grid._tileZoom;
  if (zoom === undefined) return null;
  const world = map.project(latlng, zoom);
  const size = grid.getTileSize();
  const coords = world.unscaleBy(size).floor();
  const tile = grid._vectorTiles[`${coords.x}:${coords.y}:${zoom}`];
  if (!tile) return null;
  const point = world.subtract(coords.scaleBy(size));
  const reach = POINT_REACH * map.getZoomScale(zoom, map.getZoom());
  let area = null;
  let dot = null;
  let nearest = reach;
  for (const shape of Object.values(tile._layers)) {
    if (shape._point) {
      const distance = shape._point.distanceTo(point);
      if (distance < nearest) [nearest, dot] = [distance, shape.properties];
    } else if (shape.properties.part === "fill" && holds(shape._parts, point)) {
      area = shape.properties;
    }
  }
  if (dot) return { kind: "place", id: dot.id };
  // An area without an id belonged to others on the day that is shown; by whom is not drawn.
  return area && area.id ? { kind: "division", id: area.place, level: area.level } : null;
}

/** How often the rings wind around the position: holes wind the other way, pieces that overlap the same way. */
function holds(rings, { x, y }) {
  let winding = 0;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [a, b] = [ring[i], ring[j]];
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) winding += a.y > y ? 1 : -1;
    }
  }
  return winding !== 0;
}
