// Saving as one goes: changed fields are sent one batch after the other; what is refused stays on the page.
import { ask } from "./api.js";

const PAUSE = 1500; // milliseconds after the last key
const AGAIN = [3000, 6000, 12000, 30000];

const clockNow = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

export class Saver {
  /**
   * @param id, version of the case; without an id nothing is sent yet
   * @param complete adds to a body what belongs to the fields in it
   * @param onSaved called with the case as it now is and the fields that were sent; onFault with a Problem and the names of the fields it is about
   */
  constructor({ id = null, version = null, status, complete, onSaved, onFault }) {
    Object.assign(this, { id, version, status, complete, onSaved, onFault });
    this.waiting = new Map();
    this.refused = new Set();
    this.sending = null;
    this.stopped = false;
    this.tries = 0;
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush();
    });
    window.addEventListener("online", () => this.flush());
  }

  /** Whether something on the page is not in the register. */
  get unsaved() {
    return this.waiting.size > 0 || this.sending !== null;
  }

  /** Note a value; it is sent after a pause in typing, or at once. */
  set(field, value, { now = false } = {}) {
    this.waiting.set(field, value);
    this.refused.delete(field);
    window.clearTimeout(this.timer);
    if (now) this.flush();
    else {
      this.#say("尚未保存");
      this.timer = window.setTimeout(() => this.flush(), PAUSE);
    }
  }

  /** Note a value that the page itself finds wrong: it waits until it is mended. */
  hold(field, value) {
    this.waiting.set(field, value);
    this.refused.add(field);
    this.#say("有内容没有保存,请看标红的地方", "fault");
  }

  /** A value that was held is no longer there. */
  release(field) {
    if (this.refused.delete(field)) this.waiting.delete(field);
  }

  /** Send what waits; resolves once nothing more can be sent. True where everything is saved. */
  async flush() {
    window.clearTimeout(this.timer);
    if (!this.id || this.stopped) return !this.unsaved;
    this.sending ??= this.#run().finally(() => { this.sending = null; });
    await this.sending;
    return this.waiting.size === 0;
  }

  async #run() {
    for (;;) {
      const batch = [...this.waiting].filter(([field]) => !this.refused.has(field));
      if (!batch.length) break;
      this.#say("正在保存……");
      try {
        const saved = await ask("PATCH", `/api/proposals/${encodeURIComponent(this.id)}`, { ...this.complete(Object.fromEntries(batch)), version: this.version });
        this.version = saved.version;
        this.tries = 0;
        for (const [field, value] of batch) if (this.waiting.get(field) === value) this.waiting.delete(field);
        this.onSaved(saved, batch.map(([field]) => field));
      } catch (error) {
        if (!("status" in error)) throw error;
        if (!this.#cope(error, batch)) return;
      }
    }
    if (this.refused.size) this.#say("有内容没有保存,请看标红的地方", "fault");
    else this.#say(`已保存 ${clockNow()}`, "done");
  }

  /** What to do about a refusal; true where the rest may still be sent. */
  #cope(problem, batch) {
    if (problem.status === 422 && problem.errors.length) {
      const bad = batch.map(([field]) => field).filter((field) => problem.errors.some(({ loc }) => touches(loc, field)));
      // A fault that names no field of ours would come back for ever.
      for (const field of bad.length ? bad : batch.map(([name]) => name)) this.refused.add(field);
      this.onFault(problem);
      return true;
    }
    if (problem.status === 409 || problem.status === 404 || problem.status === 403) {
      this.stopped = true;
      this.#say("不能保存,内容还在本页", "fault");
    } else {
      this.#say("保存失败,内容还在本页", "fault");
      this.timer = window.setTimeout(() => this.flush(), AGAIN[Math.min(this.tries, AGAIN.length - 1)]);
      this.tries += 1;
    }
    this.onFault(problem);
    return false;
  }

  #say(text, tone = "") {
    this.status.textContent = text;
    this.status.className = `saving ${tone}`;
  }
}

const touches = (loc, field) => loc === field || loc.startsWith(`${field}.`) || field.startsWith(`${loc}.`) || loc.startsWith(`${field}[`);
