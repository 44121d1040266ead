// Making elements from text: nothing that comes from the register ever passes through innerHTML.

/**
 * An element with attributes and children; strings become text nodes, null and false are left out.
 * `on` holds event listeners, `class` the class names.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "class") {
      node.className = value;
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** A line icon on a 20 × 20 grid from one path. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

export const ICONS = {
  back: "M12 4l-6 6 6 6",
  clock: "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M10 6.2V10l2.8 1.8",
  close: "M5 5l10 10M15 5L5 15",
  copy: "M7 7h9v10H7zM4 13V3h9",
  forth: "M8 4l6 6-6 6",
  here: "M10 2v3M10 15v3M2 10h3M15 10h3M10 5.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9M10 9.3a.7.7 0 1 0 0 1.4a.7.7 0 0 0 0-1.4",
  home: "M3 9.5L10 3l7 6.5M5 8.5V17h10V8.5",
  mend: "M4 16l1-4 8.5-8.5 3 3L8 15zM12 5l3 3",
  measure: "M3 13L13 3l4 4L7 17zM6 10l2 2M8.5 7.5l1.5 1.5M11 5l2 2",
  navigate: "M17 3L3 9.5l6 1.5 1.5 6z",
  share: "M10 12V3M6.5 6L10 2.5 13.5 6M6 9H4v8h12V9h-2",
};

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

export const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
/** A phone on which a card and a tool together leave no map. */
export const lowPhone = () => window.matchMedia("(max-width: 640px) and (max-height: 700px)").matches;
export const phone = () => window.matchMedia("(max-width: 640px)").matches;
