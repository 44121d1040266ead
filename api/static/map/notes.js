// Small messages: the toast, copying to the clipboard, and the dialog through which readers report a mistake.
import { el, fill, icon, ICONS } from "./dom.js";

let timer = 0;

/** A line at the lower edge; with `again` it stays and offers to try again. */
export function toast(text, again = null) {
  const node = document.getElementById("toast");
  window.clearTimeout(timer);
  fill(
    node, el("span", {}, text),
    again && el("button", { type: "button", on: { click: () => { node.hidden = true; again(); } } }, "重试"),
  );
  node.hidden = false;
  if (!again) timer = window.setTimeout(() => { node.hidden = true; }, 3500);
}

/** Take back a line that no longer holds; another one that has replaced it stays. */
export function hush(text) {
  const node = document.getElementById("toast");
  if (!node.hidden && node.firstChild && node.firstChild.textContent === text) node.hidden = true;
}

/** Copy and say so. `navigator.clipboard` needs HTTPS, which an office network often lacks: then the old way. */
export async function copy(text, what, root = document.body) {
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch {
    done = copyBySelection(text, root);
  }
  toast(done ? `已复制${what}:${text}` : `没能复制,请手工选取:${text}`);
}

function copyBySelection(text, root) {
  const area = el("textarea", { class: "visually-hidden", readonly: true, "aria-hidden": "true" });
  area.value = text;
  root.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  area.remove();
  return done;
}

/** Where to turn with a mistake, and a text to send along. */
export function reportDialog({ properties, config }) {
  const dialog = document.getElementById("dialog");
  const link = new URL(`/places/${encodeURIComponent(properties.id)}`, window.location.href).href;
  const text = `地名:${properties.name}\n编号:${properties.id}\n页面:${link}\n问题:`;
  const close = () => dialog.close();
  const box = el("textarea", { class: "report-text", readonly: true, rows: "5", "aria-label": "可以复制的纠错内容" });
  box.value = text;
  fill(
    dialog,
    el(
      "div", { class: "dialog-head" }, el("h2", { id: "dialog-title" }, `纠错:${properties.name}`),
      el("button", { type: "button", class: "quiet", "aria-label": "关闭", on: { click: close } }, icon(ICONS.close)),
    ),
    config.demo && !config.contact
      ? el("p", { class: "callout" }, "演示系统,不受理纠错。正式使用时,这里显示地名主管部门的受理方式。")
      : el("p", {}, config.contact ? `请联系地名主管部门:${config.contact}` : "本单位尚未填写受理方式,请联系当地民政局区划地名科。"),
    el("p", { class: "faint" }, "联系时附上下面的内容,便于核对:"),
    box,
    el(
      "p", { class: "dialog-acts" },
      el("button", { type: "button", class: "button strong", on: { click: () => copy(text, "纠错内容", dialog) } }, "复制内容"),
      el("button", { type: "button", class: "button", on: { click: close } }, "关闭"),
    ),
  );
  dialog.showModal();
}
