// The page of a case: its steps in dialogs, upload of papers, opinions, and the map.
import { ask, upload } from "./api.js";
import { boxOf, drawn, makeChart, show } from "./chart.js";
import { clear, mark, tell } from "./faults.js";
import { again, say } from "./frame.js";
import { StepDialog } from "./steps.js";

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const address = `/api/proposals/${encodeURIComponent(data.id)}`;

const dialog = new StepDialog(byId("step-dialog"), { data, address });
for (const button of document.querySelectorAll("button[data-step]")) {
  button.addEventListener("click", () => dialog.open(data.steps.find(({ step }) => step === button.dataset.step), button));
}

byId("upload")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const [file, button, progress] = [form.elements.file.files[0], form.querySelector('button[type="submit"]'), byId("u-progress")];
  clear(form);
  if (!file) {
    mark(form, "file", "请先选择文件。");
    return form.elements.file.focus();
  }
  if (file.size > data.largestMb * 1024 * 1024) {
    mark(form, "file", `文件超过 ${data.largestMb} MB。请压缩或拆分后再上传。`);
    return form.elements.file.focus();
  }
  button.disabled = true;
  button.textContent = "正在上传……";
  progress.hidden = false;
  try {
    await upload(`${address}/attachments`, new FormData(form), (percent) => { progress.value = percent; });
    again(`已上传:${file.name}`);
  } catch (error) {
    if (!("status" in error)) throw error;
    if (error.status === 413 && !error.errors.length) mark(form, "file", error.detail);
    else tell(form, error, byId("u-error"));
  } finally {
    button.disabled = false;
    button.textContent = "上传";
    progress.hidden = true;
    progress.value = 0;
  }
  return undefined;
});

byId("opinion")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  clear(form);
  const { organ, stance, text, date } = Object.fromEntries(new FormData(form));
  if (!organ.trim()) {
    mark(form, "organ", "请填写出具意见的单位。");
    return form.elements.organ.focus();
  }
  const button = form.querySelector('button[type="submit"]');
  button.disabled = true;
  try {
    await ask("POST", `${address}/opinions`, { organ: organ.trim(), stance, text, date });
    again("意见已录入。");
  } catch (error) {
    button.disabled = false;
    if (!("status" in error)) throw error;
    tell(form, error, byId("o-error"));
  }
  return undefined;
});

if (byId("map")) {
  const map = makeChart(byId("map"), data.chart, { onFault: () => say("部分地图没有取到。") });
  const layer = drawn(data.geometry).addTo(map);
  const bounds = layer.getBounds();
  if (data.geometry.type === "Point") map.setView(bounds.getCenter(), 14, { animate: false });
  else if (bounds.isValid()) map.fitBounds(bounds.pad(0.4), { animate: false });
  else boxOf(data.division).then((box) => show(map, box));
  map.scrollWheelZoom.disable();
}
