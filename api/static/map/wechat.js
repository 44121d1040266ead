// WeChat's own browser cannot print or keep files: it is told plainly, with the way out.
import { el, fill } from "./dom.js";

export const inWechat = () => /MicroMessenger/i.test(navigator.userAgent);

/** Say that this needs a browser, and how to get there. */
export function openInBrowser(what) {
  const dialog = document.getElementById("dialog");
  fill(
    dialog,
    el("h2", { id: "dialog-title" }, "请用浏览器打开"),
    el("p", {}, `微信里不能${what}。`),
    el("ol", { class: "steps" }, el("li", {}, "点右上角的“···”"), el("li", {}, "选“在浏览器打开”(或“复制链接”后粘贴到浏览器)"), el("li", {}, `在浏览器里再${what}一次`)),
    el("p", { class: "dialog-acts" }, el("button", { type: "button", class: "button strong", on: { click: () => dialog.close() } }, "知道了")),
  );
  dialog.showModal();
}
