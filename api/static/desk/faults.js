// Faults by their field: shows what the service said where it belongs, and takes the reader to the first.

const remedy = (error) => (error.remedy ? `${error.msg}。${error.remedy}` : error.msg);

/** The place for faults of a field: named like it, else like its parent (`applicant.name` → `applicant`). */
function placeOf(root, loc) {
  for (let at = loc; at; at = at.includes(".") ? at.slice(0, at.lastIndexOf(".")) : "") {
    const node = root.querySelector(`.error[data-loc="${CSS.escape(at)}"]`);
    if (node) return node;
  }
  return null;
}

function inputOf(node) {
  return node.closest(".field")?.querySelector("input, textarea, select") || null;
}

/** Show the fault of one field; an empty text takes it away. False where the page has no place for it. */
export function mark(root, loc, text) {
  const node = placeOf(root, loc);
  if (!node) return false;
  node.textContent = text;
  node.hidden = !text;
  const input = inputOf(node);
  if (text) input?.setAttribute("aria-invalid", "true");
  else input?.removeAttribute("aria-invalid");
  return true;
}

/** Take every fault away. */
export function clear(root) {
  for (const node of root.querySelectorAll(".error")) {
    node.hidden = true;
    node.textContent = "";
    inputOf(node)?.removeAttribute("aria-invalid");
  }
}

/** Show a problem: by field where it names fields, the rest in `general`. Focus goes to the first field at fault. */
export function tell(root, problem, general, { focus = true } = {}) {
  const homeless = problem.errors.filter((error) => !mark(root, error.loc, remedy(error)));
  const rest = homeless.map(remedy);
  if (general) {
    general.textContent = problem.errors.length ? rest.join(";") : problem.detail;
    general.hidden = !general.textContent;
  }
  if (!focus) return;
  const first = [...root.querySelectorAll(".error:not([hidden])")].find((node) => node !== general);
  const target = (first && inputOf(first)) || general;
  target?.focus?.();
  (first || general)?.scrollIntoView?.({ block: "center" });
}
