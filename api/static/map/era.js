// The line that says which day the map is of, with the way back; for a day before all records it says where they begin.
import { eraSentence, eraWord } from "./words.js";

export class EraLine {
  /** @param travel called with the year or day to go to, "" for today */
  constructor({ api, travel }) {
    this.api = api;
    this.line = document.getElementById("era");
    [this.said, this.begin, this.back] = this.line.children;
    this.begin.addEventListener("click", () => travel(this.first));
    this.back.addEventListener("click", () => travel(""));
  }

  show(asOf) {
    this.asOf = asOf;
    this.#say(asOf, null);
    if (asOf) this.#check(asOf);
  }

  /** Whether the shown day lies within the records as far as one knows: before them the map has nothing anywhere. */
  get isKnown() {
    return !this.asOf || !this.early;
  }

  /** Where it cannot be learnt when the records begin, the day stands as it is. */
  async #check(asOf) {
    const times = this.times || await this.api.times().catch(() => ({}));
    if (times.first) this.times = times;
    if (asOf === this.asOf) this.#say(asOf, times.first || "");
  }

  #say(asOf, first) {
    const early = Boolean(asOf && first && dayOf(asOf) < first);
    this.early = early || first === null;
    this.first = early ? first.replace(/-12-31$/, "") : "";
    this.line.hidden = !asOf;
    this.said.textContent = early ? `${eraWord(asOf)}没有资料,记录从${eraWord(this.first)}起` : eraSentence(asOf);
    this.begin.hidden = !early;
    this.begin.textContent = early ? `看${eraWord(this.first)}` : "";
    document.body.classList.toggle("past", Boolean(asOf));
    document.body.classList.toggle("early", early);
  }
}

const dayOf = (asOf) => (asOf.length === 4 ? `${asOf}-12-31` : asOf);
