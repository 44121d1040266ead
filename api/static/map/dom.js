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
  close: "M5 5l10 10M15 5L5 15",
  copy: "M7 7h9v10H7zM4 13V3h9",
  home: "M3 9.5L10 3l7 6.5M5 8.5V17h10V8.5",
  mend: "M4 16l1-4 8.5-8.5 3 3L8 15zM12 5l3 3",
  navigate: "M17 3L3 9.5l6 1.5 1.5 6z",
};

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

export const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
export const phone = () => window.matchMedia("(max-width: 640px)").matches;
