// The guided form: begins a draft, saves each field, shows the route, the spelling, the map and what is still missing.
import { el, fill } from "../map/dom.js";
import { ask } from "./api.js";
import { boxOf, makeChart, show } from "./chart.js";
import { read, written } from "./coordinates.js";
import { Drawing } from "./drawing.js";
import { clear, mark, tell } from "./faults.js";
import { later, say } from "./frame.js";
import { RouteBox } from "./route.js";
import { Saver } from "./saving.js";
import { SpellingHelp } from "./spelling.js";
import { watchSteps } from "./stepper.js";

const LINES = new Set(["公路", "河流", "运河", "堤堰", "隧道", "桥梁"]);
const parts = new Set(["specific", "generic"]);
const AREAS = new Set(["湖泊", "水库", "岛屿", "住宅区", "公园", "风景名胜区"]);

const byId = (id) => document.getElementById(id);
const { case: start, classes, chart } = JSON.parse(byId("data").textContent);
const guide = byId("guide");
const inputs = new Map([...guide.querySelectorAll("[data-field]")].map((input) => [input.dataset.field, input]));
const value = (field) => inputs.get(field).value;
const chosen = () => classes.find((each) => each.label === value("class"));
let shown = start;
let drawing = null;

const saver = new Saver({
  id: start?.id, version: start?.version, status: byId("saving"), complete,
  onSaved: (saved, fields) => {
    shown = saved;
    for (const field of fields) if (!saver.waiting.has(field)) mark(guide, field, "");
    if (fields.includes("name") && !saver.waiting.has("name")) setParts(saved.proposed.specific, saved.proposed.generic);
    check();
    trouble(null);
  },
  onFault: (problem) => (problem.errors.length ? tell(guide, problem, byId("trouble"), { focus: false }) : trouble(problem)),
});

const route = new RouteBox(byId("route"), (accepted) => {
  if (byId("begin")) byId("begin").disabled = !accepted;
});

const help = new SpellingHelp(
  { spelled: byId("spelled"), readings: byId("readings"), readingsField: byId("readings-field"), sure: byId("sure") },
  {
    kind: () => chosen()?.spelling_kind || "other",
    division: () => value("division"),
    onSplit: setParts,
    onRead: (readings) => {
      mark(guide, "readings", "");
      saver.set("readings", readings, { now: true });
      help.split(value("name"), value("specific"), value("generic"));
    },
  },
);

/** Show how a name is split; what was wrong with the old parts is over. */
function setParts(specific, generic) {
  for (const [field, text] of [["specific", specific], ["generic", generic]]) {
    inputs.get(field).value = text;
    mark(guide, field, "");
  }
  saver.release("specific");
}

/** One part was typed: the other is what is left of the name, and both are saved with it. */
function split(field) {
  const [name, part] = [value("name").trim(), value(field).trim()];
  const first = field === "specific";
  if (!(first ? name.startsWith(part) : name.endsWith(part))) {
    mark(guide, "specific", `专名加通名应当等于“${name}”。`);
    saver.hold("specific", part);
    return;
  }
  const rest = first ? name.slice(part.length) : name.slice(0, name.length - part.length);
  setParts(first ? part : rest, first ? rest : part);
  help.split(name, value("specific"), value("generic"));
  saver.set("name", name);
}

/** A name goes with its parts and with the readings that were looked at: the service reads it anew each time. */
function complete(body) {
  if (!("name" in body)) return body;
  const [specific, generic] = [value("specific").trim(), value("generic").trim()];
  const fit = specific + generic === body.name;
  return { ...body, specific: fit ? specific : "", generic: fit ? generic : "", ...(help.confirmed ? { readings: help.confirmed } : {}) };
}

/** What stands in the way of saving as a whole, with the way on. */
function trouble(problem) {
  const node = byId("trouble");
  node.hidden = !problem;
  if (!problem) return;
  const stale = saver.stopped;
  // The reason stands at the top of a long form: whoever writes below must see it.
  if (stale) node.scrollIntoView({ block: "center" });
  fill(
    node, el("p", {}, el("b", {}, problem.title), `:${problem.detail}`),
    el("button", { type: "button", class: "button", on: { click: () => (stale ? reload() : saver.flush()) } }, stale ? "重新载入" : "现在重试"),
  );
}

function reload() {
  if (!window.confirm("重新载入会丢掉本页没有保存的内容。已经复制出来了吗?")) return;
  saver.waiting.clear();
  window.location.reload();
}

/** Part five: what was filled in, what the next step still needs, and whether it can be taken. */
function check() {
  const { proposed, applicant } = shown;
  const line = (word, text) => el("div", {}, el("dt", {}, word), el("dd", { class: "long" }, text || "未填"));
  fill(
    byId("summary"),
    line("名称", proposed.name && `${proposed.name}${proposed.roman ? `(${proposed.roman})` : ""}`),
    line("专名和通名", proposed.specific && `${proposed.specific} + ${proposed.generic}`),
    line("类别与政区", `${shown.class.label},${shown.division.path?.join(" › ") || shown.division.name}`),
    line("位置", [{ Point: "已画点", LineString: "已画线", Polygon: "已画面" }[proposed.geometry?.type] || (proposed.geometry ? "已画" : "未画"), proposed.location].filter(Boolean).join(";")),
    line("含义和来历", proposed.meaning), line("命名理由", proposed.reason), line("申请单位", applicant.name),
  );
  const step = shown.next_steps.find((each) => each.step === "submit");
  const missing = step ? [...step.missing, step.bar].filter(Boolean) : ["现在不能提交"];
  fill(byId("missing"), missing.length ? [el("p", {}, "还不能提交:"), el("ul", {}, missing.map((text) => el("li", {}, text)))] : el("p", { class: "ready" }, "内容齐全,可以提交。"));
  byId("submit").disabled = !step?.possible;
}

async function submit() {
  const button = byId("submit");
  button.disabled = true;
  clear(guide);
  if (!(await saver.flush())) {
    button.disabled = false;
    return guide.querySelector("[aria-invalid]")?.focus();
  }
  try {
    await ask("POST", `/api/proposals/${encodeURIComponent(saver.id)}/steps/submit`, {});
    later("申请已提交。");
    window.location.assign(`/desk/proposals/${encodeURIComponent(saver.id)}`);
  } catch (error) {
    button.disabled = false;
    if (!("status" in error)) throw error;
    tell(guide, error, byId("trouble"));
  }
  return undefined;
}

async function begin() {
  const button = byId("begin");
  button.disabled = true;
  byId("saving").textContent = "正在保存……";
  try {
    shown = await ask("POST", "/api/proposals", { kind: "naming", class: value("class"), division: value("division") });
  } catch (error) {
    button.disabled = false;
    byId("saving").textContent = "";
    if (!("status" in error)) throw error;
    return tell(guide, error, byId("trouble"));
  }
  [saver.id, saver.version] = [shown.id, shown.version];
  byId("saving").textContent = "草稿已建立";
  const address = `/desk/proposals/${encodeURIComponent(shown.id)}`;
  window.history.replaceState(null, "", `${address}/edit`);
  for (const id of ["leave", "later"]) byId(id).href = address;
  button.closest(".acts").remove();
  open();
  byId("f-name").focus();
  return undefined;
}

/** Everything after part one, once there is a draft. */
function open() {
  for (const part of guide.querySelectorAll(".part")) [part.hidden, part.disabled] = [false, false];
  if (!inputs.get("applicant.name").value && shown.applicant.name) inputs.get("applicant.name").value = shown.applicant.name;
  map();
  check();
  watchSteps(guide);
}

function map() {
  let told = false;
  const onFault = () => {
    if (!told) say("部分地图没有取到,可以照常画,也可以录入坐标。");
    told = true;
  };
  const leaflet = makeChart(byId("map"), chart, { onFault });
  const typed = byId("typed");
  const whole = async () => show(leaflet, (await boxOf(value("division"))) || chart.area);
  drawing = new Drawing(leaflet, {
    hint: byId("map-hint"),
    tools: { ...Object.fromEntries(["draw", "finish", "undo", "erase", "whole"].map((id) => [id, byId(id)])), shapes: [...guide.querySelectorAll('input[name="shape"]')] },
    onChange: (geometry) => {
      typed.value = written(geometry);
      mark(guide, "geometry", "");
      byId("e-typed").hidden = true;
      saver.set("geometry", geometry, { now: true });
    },
  });
  byId("whole").addEventListener("click", whole);
  typed.addEventListener("change", () => {
    const answer = read(typed.value, drawing.shape);
    byId("e-typed").hidden = !answer.fault;
    byId("e-typed").textContent = answer.fault || "";
    if (answer.fault) return;
    mark(guide, "geometry", "");
    drawing.replace(answer.geometry);
    saver.set("geometry", answer.geometry, { now: true });
  });
  drawing.choose(usual());
  drawing.set(shown.proposed.geometry);
  typed.value = written(shown.proposed.geometry);
  if (!drawing.look()) whole();
}

/** What places of the class are drawn as. */
function usual() {
  const label = value("class");
  if (chosen()?.approval_category === "street" || LINES.has(label)) return "LineString";
  return AREAS.has(label) ? "Polygon" : "Point";
}

/** The applicant goes as a whole: its parts belong together. */
function save(field, now = false) {
  const [head, tail] = field.split(".");
  const whole = () => Object.fromEntries([...inputs].filter(([each]) => each.startsWith(`${head}.`)).map(([each, input]) => [each.split(".")[1], input.value.trim()]));
  saver.set(head, tail ? whole() : value(field).trim(), { now });
}

for (const [field, input] of inputs) {
  const first = field === "class" || field === "division";
  input.addEventListener("input", () => {
    mark(guide, field, "");
    if (field === "name") help.typed(input.value.trim());
    if (parts.has(field)) split(field);
    else if (saver.id && !first) save(field);
  });
  input.addEventListener("change", () => {
    if (first) {
      route.load(value("class"), value("division"));
      if (drawing && !shown.proposed.geometry) drawing.choose(usual());
    }
    // A name waits for its parts, which the spelling proposes a moment later.
    if (saver.id && !parts.has(field)) save(field, field !== "name");
  });
}
guide.addEventListener("submit", (event) => event.preventDefault());
byId("submit").addEventListener("click", submit);
byId("begin")?.addEventListener("click", begin);
route.load(value("class"), value("division"));
if (start) {
  help.start(start.proposed.name, start.proposed.readings, start.proposed.readings_certain);
  open();
} else {
  watchSteps(guide);
}
