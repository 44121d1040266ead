// The route of a class in a division, shown before anyone writes: who approves, by which article, or why not here.
import { el, fill } from "../map/dom.js";
import { ask } from "./api.js";

export class RouteBox {
  /** @param onKnown called with whether such a case is accepted here */
  constructor(node, onKnown) {
    this.node = node;
    this.onKnown = onKnown;
    this.request = null;
  }

  async load(label, division) {
    this.request?.abort();
    this.onKnown(false);
    if (!label || !division) return;
    this.request = new AbortController();
    const query = new URLSearchParams({ class: label, division });
    try {
      this.#show(await ask("GET", `/api/routes?${query}`, undefined, { signal: this.request.signal }));
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!("status" in error)) throw error;
      fill(
        this.node, el("p", { class: "error" }, error.detail),
        el("button", { type: "button", class: "button", on: { click: () => this.load(label, division) } }, "重试"),
      );
    }
  }

  #show(route) {
    const line = (word, text) => text && el("div", {}, el("dt", {}, word), el("dd", {}, text));
    const doubt = route.verified !== "yes" && el("p", { class: "hint" }, "这条规则尚待核对,请以当地规定为准。");
    fill(
      this.node,
      !route.accepted && el("p", { class: "callout" }, route.why || "这一类地名不在这里申报。"),
      el("dl", { class: "facts" }, line("办理方式", route.procedure_label), line("批准机关", route.approver), line("依据", route.article), line("说明", route.note), line("承办", route.handler?.organ || (typeof route.handler === "string" ? route.handler : ""))),
      doubt,
    );
    this.onKnown(Boolean(route.accepted));
  }
}
