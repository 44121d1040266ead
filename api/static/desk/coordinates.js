// Coordinates as people type them (one `lon,lat` in degrees on each line) and as GeoJSON; both say the same.

const PLACES = 6; // about a decimetre

const round = (value) => Number(value.toFixed(PLACES));

/** A geometry with coordinates no finer than is written in the field. */
export function rounded(geometry) {
  const each = (node) => (typeof node[0] === "number" ? [round(node[0]), round(node[1])] : node.map(each));
  return { type: geometry.type, coordinates: each(geometry.coordinates) };
}

/** The lines of a geometry; a closed ring without its repeated last point. Empty for what has several parts. */
export function written(geometry) {
  if (!geometry) return "";
  const points = {
    Point: (at) => [at],
    LineString: (at) => at,
    Polygon: (at) => at[0].slice(0, -1),
  }[geometry.type]?.(geometry.coordinates);
  return (points || []).map(([lon, lat]) => `${lon.toFixed(PLACES)},${lat.toFixed(PLACES)}`).join("\n");
}

/** Read lines as a geometry of a type; `fault` says which line is wrong and how to write it. Null where empty. */
export function read(text, type) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const points = [];
  for (const [index, line] of lines.entries()) {
    if (!line) continue;
    const parts = line.split(/[,,、;;\s]+/).filter(Boolean);
    const [lon, lat] = parts.map(Number);
    if (parts.length !== 2 || !Number.isFinite(lon) || !Number.isFinite(lat)) {
      return { fault: `第 ${index + 1} 行读不懂:“${line.slice(0, 40)}”。请写成 120.573100,32.371400。` };
    }
    points.push([round(lon), round(lat)]);
  }
  if (!points.length) return { geometry: null };
  return build(points, type);
}

function build(points, type) {
  if (type === "Point") {
    return points.length === 1 ? { geometry: { type, coordinates: points[0] } } : { fault: "“点”只要一行坐标;要画线或面请先选“线”或“面”。" };
  }
  if (type === "LineString") {
    return points.length > 1 ? { geometry: { type, coordinates: points } } : { fault: "“线”至少要两行坐标。" };
  }
  const [first, last] = [points[0], points.at(-1)];
  const closed = first[0] === last[0] && first[1] === last[1] ? points : [...points, first];
  return closed.length > 3 ? { geometry: { type, coordinates: [closed] } } : { fault: "“面”至少要三行坐标,首尾不必重复。" };
}
