// The spelling of a name as it is typed: pinyin, specific and generic part, readings to look at.
import { el, fill } from "../map/dom.js";
import { ask } from "./api.js";

const WAIT = 300;
const TONES = { a: "āáǎà", e: "ēéěè", i: "īíǐì", o: "ōóǒò", u: "ūúǔù", ü: "ǖǘǚǜ" };

/** `chang2` → `cháng`; what has no number stays. */
export function toned(written) {
  const text = written.trim().toLowerCase().replace(/v|u:/g, "ü");
  const found = /^([a-zü]+)([1-5])$/.exec(text);
  if (!found) return text;
  const [, syllable, tone] = found;
  if (tone === "5") return syllable;
  const vowel = /[ae]/.exec(syllable)?.[0] || (syllable.includes("ou") ? "o" : [...syllable].findLast((char) => char in TONES));
  return vowel ? syllable.replace(vowel, TONES[vowel][Number(tone) - 1]) : syllable;
}

export class SpellingHelp {
  /** @param parts the nodes `spelled`, `readings`, `readingsField`, `sure`; @param onRead called with confirmed readings */
  constructor(parts, { kind, division, onSplit, onRead }) {
    Object.assign(this, { parts, kind, division, onSplit, onRead });
    this.request = null;
    this.confirmed = null;
    this.certain = false;
    parts.sure.addEventListener("click", () => this.#confirm(this.#inputs().map((input) => toned(input.value))));
  }

  /** The readings an officer confirmed for the name as it was loaded. */
  start(name, readings, certain) {
    this.confirmed = certain && readings?.length ? readings : null;
    this.certain = certain;
    if (name) this.#spell(name, { suggest: false });
  }

  /** The name was typed: spell it after a pause, and propose where to split it. */
  typed(name) {
    this.confirmed = null;
    this.certain = false;
    // What stands there belongs to the name before: nobody may confirm it for this one.
    this.parts.readingsField.hidden = true;
    this.parts.sure.hidden = true;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#spell(name, { suggest: true }), WAIT);
  }

  /** The split was typed: spell anew with it. */
  split(name, specific, generic) {
    if (specific && generic && specific + generic === name) this.#spell(name, { suggest: false, split: [...specific].length });
  }

  async #spell(name, { suggest, split }) {
    this.request?.abort();
    if (!name.trim()) {
      fill(this.parts.spelled);
      this.parts.readingsField.hidden = true;
      if (suggest) this.onSplit("", "");
      return;
    }
    this.request = new AbortController();
    const body = { name: name.trim(), kind: this.kind(), division: this.division() };
    if (this.confirmed) body.readings = this.confirmed;
    if (split) body.split = split;
    try {
      const answer = await ask("POST", "/api/names/spell", body, { signal: this.request.signal });
      this.#show(answer);
      if (suggest) this.#suggest(answer);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!("status" in error)) throw error;
      // What is wrong with a name is said under the name when it is saved.
      fill(this.parts.spelled, error.status === 422 ? null : el("p", { class: "faint" }, "拼写暂时没有取到,不影响填写。"));
      this.parts.readingsField.hidden = true;
    }
  }

  #suggest({ parts }) {
    const texts = parts.map((part) => part.text);
    this.onSplit(texts.length > 1 ? texts.slice(0, -1).join("") : texts[0] || "", texts.length > 1 ? texts.at(-1) : "");
  }

  #show({ roman, plain, readings }) {
    const { spelled, readingsField, sure } = this.parts;
    fill(
      spelled,
      el("p", { class: "spelled-roman", lang: "zh-Latn-pinyin" }, roman),
      plain === roman ? null : el("p", { class: "faint", lang: "zh-Latn-pinyin" }, `标志上写:${plain}`),
    );
    readingsField.hidden = !readings.length;
    const doubtful = readings.some((each) => !each.certain) && !this.certain;
    fill(
      this.parts.readings,
      readings.map(({ char, reading, certain }) => {
        const input = el("input", { value: reading, maxlength: "12", autocapitalize: "off", autocorrect: "off", spellcheck: "false", lang: "zh-Latn-pinyin", "aria-label": `“${char}”的读音` });
        input.addEventListener("change", () => {
          input.value = toned(input.value);
          this.#confirm(this.#inputs().map((each) => toned(each.value)));
        });
        return el("label", { class: certain || this.certain ? "reading" : "reading doubtful" }, input, el("b", {}, char));
      }),
    );
    sure.hidden = !doubtful;
  }

  #inputs() {
    return [...this.parts.readings.querySelectorAll("input")];
  }

  #confirm(readings) {
    this.confirmed = readings;
    this.certain = true;
    this.onRead(readings);
  }
}
