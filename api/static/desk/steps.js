// The dialog of a step: asks for what the step needs (reason, instrument, outcome, dates, channels) and takes it.
import { el, fill } from "../map/dom.js";
import { ask } from "./api.js";
import { clear, mark, tell } from "./faults.js";
import { again } from "./frame.js";

const CHANNELS = ["政府网站", "新媒体", "政务服务平台", "报刊", "广播电视", "中国·国家地名信息库"];
const GRAVE = new Set(["return", "refuse", "withdraw", "suspend"]);
const WHY = { return: "一次写全要补正的内容,会告知申请单位。", refuse: "会告知申请单位。" };

const error = (loc) => el("p", { class: "error", "data-loc": loc, role: "alert", hidden: true });

function field(loc, word, input, hint = "") {
  const id = `s-${loc.replace(/\W/g, "-")}`;
  input.id = id;
  return el("div", { class: "field" }, el("label", { for: id }, word), input, hint && el("p", { class: "hint" }, hint), error(loc));
}

export class StepDialog {
  /** @param data of the page: attachments, approver, today; @param address of the case in the API */
  constructor(dialog, { data, address }) {
    Object.assign(this, { dialog, data, address });
    dialog.addEventListener("close", () => this.opener?.focus());
  }

  open(step, opener) {
    this.opener = opener;
    const needs = new Set(step.needs || []);
    const general = el("p", { class: "error", role: "alert", tabindex: "-1", hidden: true });
    const act = el("button", { type: "submit", class: `button strong${GRAVE.has(step.step) ? " grave" : ""}` }, step.label);
    const form = el(
      "form", { novalidate: true, autocomplete: "off" },
      el("h2", { id: "step-title" }, step.label),
      needs.has("outcome") && this.#outcome(),
      needs.has("instrument") && this.#instrument(),
      needs.has("sent") && field("sent", "报送日期", this.#date("sent", this.data.today)),
      needs.has("channels") && this.#channels(),
      field("reason", step.reason_needed ? "理由" : "说明(可不填)", el("textarea", { name: "reason", rows: "3", maxlength: "2000" }), step.reason_needed && (WHY[step.step] || "会写入办理日志。")),
      general,
      el("p", { class: "acts" }, act, el("button", { type: "button", class: "button", on: { click: () => this.dialog.close() } }, "返回")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#take(step, needs, form, general, act);
    });
    fill(this.dialog, form);
    this.dialog.showModal();
    (form.querySelector("input:not([type=radio]):not([type=checkbox]), textarea") || act).focus();
  }

  async #take(step, needs, form, general, act) {
    clear(form);
    const body = this.#body(form, needs);
    const gaps = this.#gaps(step, needs, body);
    for (const [loc, text] of gaps) mark(form, loc, text);
    if (gaps.length) {
      form.querySelector("[aria-invalid]")?.focus();
      return;
    }
    act.disabled = true;
    try {
      const now = await ask("POST", `${this.address}/steps/${encodeURIComponent(step.step)}`, body);
      again(now.state === this.data.state ? `已办理“${step.label}”。` : `已办理“${step.label}”,目前是“${now.state_label}”。`);
    } catch (problem) {
      act.disabled = false;
      if (!("status" in problem)) throw problem;
      tell(form, problem, general);
      if (problem.status === 409 && !problem.missing.length) this.#stale(form, act);
    }
  }

  /** Someone else was faster: what the page shows is not what is. */
  #stale(form, act) {
    act.hidden = true;
    const acts = form.querySelector(".acts");
    if (acts.querySelector("[data-reload]")) return;
    acts.prepend(el("button", { type: "button", class: "button strong", "data-reload": true, on: { click: () => window.location.reload() } }, "重新载入"));
  }

  #body(form, needs) {
    const said = new FormData(form);
    const text = (name) => String(said.get(name) || "").trim();
    // Whoever decides, decides on what this page shows.
    const body = { version: this.data.version };
    if (text("reason")) body.reason = text("reason");
    if (needs.has("outcome")) body.outcome = text("outcome");
    if (needs.has("sent")) body.sent = text("sent") || null;
    if (needs.has("channels")) body.channels = [...said.getAll("channel"), text("other")].filter(Boolean);
    if (needs.has("instrument")) {
      body.instrument = { number: text("number"), organ: text("organ"), date: text("date") || null };
      for (const name of ["received", "attachment"]) if (text(name)) body.instrument[name] = text(name);
    }
    return body;
  }

  #gaps(step, needs, body) {
    const refused = step.step === "refuse" || body.outcome === "refuse";
    const all = [
      [needs.has("instrument") && !body.instrument?.number, "instrument.number", "请填写文号,照抄批复上的写法。"],
      [needs.has("instrument") && !body.instrument?.organ, "instrument.organ", "请填写批复的机关。"],
      [needs.has("instrument") && !body.instrument?.date, "instrument.date", "请填写成文日期。"],
      [needs.has("sent") && !body.sent, "sent", "请填写报送日期。"],
      [needs.has("channels") && !body.channels?.length, "channels", "请至少选一个公告渠道。"],
      [(step.reason_needed || refused) && !body.reason, "reason", "请填写理由。"],
    ];
    return all.filter(([gap]) => gap).map(([, loc, text]) => [loc, text]);
  }

  #date(name, value = "") {
    return el("input", { type: "date", name, value, max: this.data.today });
  }

  #outcome() {
    const choice = (value, word, checked) => el("label", {}, el("input", { type: "radio", name: "outcome", value, checked }), el("span", {}, word));
    return el(
      "div", { class: "field" }, el("p", { class: "label" }, "批复结果"),
      el("span", { class: "kinds", role: "radiogroup", "aria-label": "批复结果" }, choice("approve", "批准", true), choice("refuse", "不予批准", false)), error("outcome"),
    );
  }

  #instrument() {
    const scans = this.data.attachments;
    const scan = el("select", { name: "attachment" }, el("option", { value: "" }, "暂无"), scans.map(({ id, name, kind }) => el("option", { value: id, selected: kind === "批文扫描件" }, `${name}(${kind})`)));
    return el(
      "div", { class: "two" },
      field("instrument.number", "文号", el("input", { name: "number", maxlength: "100" }), "例如:皋政复〔2026〕12号"),
      field("instrument.organ", "批准机关", el("input", { name: "organ", maxlength: "200", value: this.data.approver })),
      field("instrument.date", "成文日期", this.#date("date")),
      field("instrument.received", "收文日期(可不填)", this.#date("received", this.data.today)),
      el("div", { class: "across" }, field("instrument.attachment", "批文扫描件", scan, scans.length ? "" : "可先在“附件”里上传扫描件,再回来登记。")),
    );
  }

  #channels() {
    return el(
      "div", { class: "field" }, el("p", { class: "label" }, "公告渠道"),
      el("div", { class: "checks", role: "group", "aria-label": "公告渠道" }, CHANNELS.map((word) => el("label", {}, el("input", { type: "checkbox", name: "channel", value: word }), word))),
      el("input", { name: "other", maxlength: "100", placeholder: "其他渠道或网址", "aria-label": "其他渠道或网址" }),
      error("channels"),
    );
  }
}
