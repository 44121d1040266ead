// What a layer of tiles showed last, kept in sight until its new tiles are there: no blink between two days.

const FADE = 250; // milliseconds in which Leaflet lets a new tile appear
const LATEST = 8000; // where nothing is ever loaded

let kept = null;

/** Keep a copy of what the layer shows below it; to be called just before the layer is emptied. */
export function keepInSight(map, layer) {
  const shown = layer.getContainer();
  if (kept || !shown) return; // on the way from one day to another the picture of the first stays
  const copy = copied(shown);
  kept = copy;
  map.getPane("tilePane").prepend(copy);
  const drop = () => {
    window.clearTimeout(timer);
    layer.off("load", soon);
    map.off("zoomstart viewreset", drop);
    copy.remove();
    if (kept === copy) kept = null;
  };
  let timer = window.setTimeout(drop, LATEST);
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (layer.isLoading()) timer = window.setTimeout(drop, LATEST);
      else drop();
    }, FADE);
  };
  layer.on("load", soon);
  map.on("zoomstart viewreset", drop); // the copy does not grow with the map
}

/** The elements of a layer once more, the pictures on their canvases included. */
function copied(node) {
  const copy = document.createElement(node.tagName);
  copy.className = node.className;
  copy.style.cssText = node.style.cssText;
  if (node instanceof HTMLCanvasElement) {
    copy.width = node.width;
    copy.height = node.height;
    if (node.width && node.height) copy.getContext("2d").drawImage(node, 0, 0);
  }
  copy.append(...[...node.children].map(copied));
  return copy;
}
