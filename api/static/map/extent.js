// Where the first results of a search are: the box around them and how near to look.

// First digits of the class → the zoom that shows a whole one; the register tells one point for each result.
const WHOLE = [["212", 7], ["213", 8.5], ["214", 10], ["215", 12]];
const PLACE = 13;

/** The box (west, south, east, north) around the best results and the nearest zoom for it; null where none has a position. */
export function extent(items) {
  const best = items.length ? items[0].matched.tier : "";
  // Names that only sound alike or begin alike lie anywhere: the view is that of the results as good as the first.
  const shown = items.filter((item) => item.matched.tier === best && typeof item.lon === "number" && typeof item.lat === "number");
  if (!shown.length) return null;
  const lons = shown.map((item) => item.lon);
  const lats = shown.map((item) => item.lat);
  return {
    bbox: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)],
    zoom: Math.min(...shown.map(nearest)),
  };
}

function nearest(item) {
  const code = (item.class && item.class.code) || "";
  const found = WHOLE.find(([first]) => code.startsWith(first));
  return found ? found[1] : PLACE;
}
