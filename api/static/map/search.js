// The search box: suggestions while typing, keyboard, list with "more", empty and error states.
import { el, fill } from "./dom.js";
import { foundWord, looseWord, statusWord, totalWord } from "./words.js";

const PAUSE = 180;
const LIMIT = 10;

export class SearchBox {
  /**
   * @param parts the elements of the shell by name
   * @param onChoose called with the chosen item
   * @param onQuery called with the text whenever it is searched for, or "" when cleared
   */
  constructor({ parts, api, onChoose, onQuery, onOpen }) {
    Object.assign(this, { parts, api, onChoose, onQuery, onOpen });
    this.items = [];
    this.next = null;
    this.active = -1;
    this.asked = null; // the text the list belongs to
    this.composing = false;
    this.#listen();
  }

  /** Put a text into the box without asking for anything. */
  set(text) {
    this.parts.q.value = text;
    this.parts.clear.hidden = !text;
    if (!text) this.forget();
  }

  /** Ask for what is in the box; `quiet` keeps the list shut, for a card that stands before it. */
  async run({ more = false, quiet = false } = {}) {
    window.clearTimeout(this.timer);
    const text = this.parts.q.value.trim();
    if (this.request) this.request.abort();
    if (!text) {
      this.forget();
      this.onQuery("");
      return;
    }
    const request = new AbortController();
    this.request = request;
    this.#busy(true);
    this.onQuery(text);
    try {
      const cursor = more ? this.next : null;
      const answer = await this.api.search(text, { cursor, limit: LIMIT, signal: request.signal });
      this.#busy(false);
      this.asked = text;
      this.#show(answer, more);
      if (!quiet) this.open();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#busy(false);
      this.asked = null;
      this.#fault(error, more);
      if (!quiet) this.open();
    }
  }

  /** Whether the list belongs to what is in the box. */
  get isAnswered() {
    return this.asked !== null && this.asked === this.parts.q.value.trim();
  }

  get isOpen() {
    return !this.parts.drop.hidden;
  }

  open() {
    if (this.asked === null && this.parts.notice.hidden) return;
    this.parts.drop.hidden = false;
    this.parts.q.setAttribute("aria-expanded", String(this.items.length > 0));
    this.onOpen(true);
  }

  close() {
    if (!this.isOpen) return;
    this.parts.drop.hidden = true;
    this.parts.q.setAttribute("aria-expanded", "false");
    this.#activate(-1);
    this.onOpen(false);
  }

  focus() {
    this.parts.q.focus();
    this.parts.q.select();
  }

  /** Take the focus and leave the list shut. */
  focusStill() {
    this.still = true;
    this.parts.q.focus({ preventScroll: true });
    this.still = false;
  }

  #listen() {
    const { q, search, clear, more, results } = this.parts;
    q.addEventListener("compositionstart", () => {
      this.composing = true;
      window.clearTimeout(this.timer);
    });
    q.addEventListener("compositionend", () => {
      this.composing = false;
      this.#typed();
    });
    q.addEventListener("input", (event) => {
      // While an input method is composing, the box holds letters that are not yet the reader's word.
      if (!this.composing && !event.isComposing) this.#typed();
    });
    q.addEventListener("keydown", (event) => this.#key(event));
    q.addEventListener("focus", () => this.still || this.open());
    search.addEventListener("submit", (event) => event.preventDefault());
    clear.addEventListener("click", () => {
      this.set("");
      this.onQuery("");
      q.focus();
    });
    more.addEventListener("click", async () => {
      const at = this.items.length;
      await this.run({ more: true });
      q.focus();
      if (this.items.length > at) this.#activate(at);
    });
    // Before the box loses the focus, so that a click on a result is one act.
    results.addEventListener("pointerdown", (event) => event.pointerType === "mouse" && event.preventDefault());
  }

  #typed() {
    const text = this.parts.q.value;
    this.parts.clear.hidden = !text;
    window.clearTimeout(this.timer);
    if (!text.trim()) {
      if (this.request) this.request.abort();
      this.#busy(false);
      this.forget();
      this.onQuery("");
      return;
    }
    this.timer = window.setTimeout(() => this.run(), PAUSE);
  }

  #key(event) {
    if (this.composing || event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) this.open();
      this.#step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#enter();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (this.isOpen) this.close();
      else if (this.parts.q.value) {
        this.set("");
        this.onQuery("");
      } else this.parts.q.blur();
    }
  }

  async #step(by) {
    const last = this.items.length - 1;
    if (last < 0) return;
    if (by > 0 && this.active === last && this.next) {
      await this.run({ more: true });
      if (this.items.length - 1 > last) this.#activate(last + 1);
      return;
    }
    const next = this.active + by;
    this.#activate(next < 0 ? last : next > last ? 0 : next);
  }

  /** Enter takes the marked result; with none marked the first if it is exactly what was typed, else marks it. */
  async #enter() {
    if (!this.isAnswered) await this.run();
    if (this.active >= 0) this.onChoose(this.items[this.active]);
    else if (this.items.length === 1 || (this.items[0] && this.items[0].matched.tier === "exact")) {
      this.onChoose(this.items[0]);
    } else if (this.items.length) {
      this.open();
      this.#activate(0);
    }
  }

  #activate(index) {
    const { q, results } = this.parts;
    const options = results.children;
    if (this.active >= 0 && options[this.active]) options[this.active].setAttribute("aria-selected", "false");
    this.active = index;
    const option = options[index];
    if (!option) {
      q.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    q.setAttribute("aria-activedescendant", option.id);
  }

  #busy(on) {
    this.parts.busy.hidden = !on;
    this.parts.results.setAttribute("aria-busy", String(on));
  }

  /** Drop the list: the box is empty, or what the list says no longer holds. */
  forget() {
    this.items = [];
    this.next = null;
    this.asked = null;
    this.parts.notice.hidden = true;
    this.parts.results.replaceChildren();
    this.close();
    this.parts.drop.hidden = true;
  }

  #show(answer, more) {
    const { results, notice, count, said } = this.parts;
    this.items = more ? [...this.items, ...answer.items] : answer.items;
    this.next = answer.next;
    if (!more) {
      results.replaceChildren();
      this.parts.drop.scrollTop = 0;
      this.#activate(-1);
    }
    const from = results.children.length;
    answer.items.forEach((item, index) => results.append(this.#option(item, from + index)));
    this.parts.more.hidden = !this.next;
    const empty = this.items.length === 0;
    const told = [answer.note, totalWord(answer.total)].filter(Boolean).join(" ");
    count.textContent = empty ? "" : told;
    count.hidden = empty;
    said.textContent = empty ? `没有找到“${this.asked}”` : `${told},用上下方向键选择`;
    notice.hidden = !empty;
    if (empty) fill(notice, ...nothing(this.asked));
  }

  #fault(error, more) {
    const { notice, said, results, count } = this.parts;
    if (!more) {
      this.items = [];
      this.next = null;
      results.replaceChildren();
      count.hidden = true;
      this.parts.more.hidden = true;
    }
    said.textContent = `${error.title}:${error.detail}`;
    const again = el("button", { type: "button", class: "button", on: { click: () => this.run({ more }) } }, "重试");
    fill(notice, el("strong", {}, error.title), el("p", {}, error.detail), again);
    notice.hidden = false;
  }

  #option(item, index) {
    const matched = item.matched || {};
    const other = matched.text && matched.text !== item.name;
    const path = (item.division && item.division.path) || [];
    return el(
      "li",
      {
        id: `result-${index}`, role: "option", class: "result", "aria-selected": "false",
        on: { click: () => this.onChoose(item), pointermove: () => this.active !== index && this.#activate(index) },
      },
      el(
        "div", { class: "result-head" },
        el("span", { class: "result-name" }, marked(item.name, this.asked)),
        el("span", { class: "result-roman" }, item.roman),
        looseWord(matched.tier) && el("span", { class: "result-kind" }, looseWord(matched.tier)),
        el("span", { class: `chip chip-${item.status}` }, shortStatus(item.status)),
      ),
      other && el(
        "div", { class: "result-why" },
        el("span", { class: "result-kind" }, foundWord(matched)), " ",
        marked(matched.text, this.asked),
        el("span", { class: "result-now" }, ` ${/^(former|historic)$/.test(matched.kind) ? "今" : "即"} ${item.name}`),
      ),
      el("div", { class: "result-where" }, [item.class && item.class.label, path.join(" › ")].filter(Boolean).join(" · ")),
    );
  }
}

// In a list the word in brackets would push the name away; the card says it in full.
const shortStatus = (status) => statusWord(status).replace(/[((].*$/, "");

/** The text with the asked part marked. */
function marked(text, asked) {
  const at = asked ? text.indexOf(asked) : -1;
  if (at < 0) return text;
  return [text.slice(0, at), el("mark", {}, asked), text.slice(at + asked.length)];
}

function nothing(asked) {
  const house = /\d+\s*[号弄幢]/.test(asked);
  return [
    el("strong", {}, `没有找到“${asked}”`),
    house
      ? el("p", {}, "门牌未收录,请只输入路名,例如“中山路”。")
      : el(
        "ul", { class: "hints" },
        el("li", {}, "少输几个字,例如只输“如皋”"),
        el("li", {}, "用拼音或首字母,例如 rugao、rg"),
        el("li", {}, "用以前的名称,例如“通州市”"),
      ),
  ];
}
