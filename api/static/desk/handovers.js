// The hand-over page: proposing a hand-over, and taking or declining one.
import { el, fill } from "../map/dom.js";
import { ask } from "./api.js";
import { clear, mark, tell } from "./faults.js";
import { again, say } from "./frame.js";

const form = document.getElementById("handover");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear(form);
  const { post, receiver, note } = Object.fromEntries(new FormData(form));
  if (!receiver.trim()) {
    mark(form, "receiver", "请填写接收人的登录名。");
    return form.elements.receiver.focus();
  }
  const button = form.querySelector('button[type="submit"]');
  button.disabled = true;
  try {
    await ask("POST", "/api/handovers", { post, receiver: receiver.trim(), note });
    again("已提出移交,等接收人确认。");
  } catch (error) {
    button.disabled = false;
    if (!("detail" in error)) throw error;
    tell(form, error, document.getElementById("handover-error"));
  }
  return undefined;
});

const WHAT = {
  confirm: "确认后,这个岗位的在办事项由您接办。",
  decline: "不接收后,岗位和在办事项仍由移交人办理。",
  cancel: "取消后,岗位和在办事项仍由您办理。",
};

/** Ask once more: a hand-over cannot be taken back by a second click. */
function sure(word, text) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const dialog = el("dialog", { class: "dialog", "aria-labelledby": "sure-title" });
    const button = (value, label, kind) => el("button", { type: "button", class: kind, on: { click: () => dialog.close(value) } }, label);
    fill(dialog, el("h2", { id: "sure-title" }, word), el("p", {}, text), el("p", { class: "acts" }, button("yes", word, "button strong"), button("", "返回", "button")));
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

for (const button of document.querySelectorAll("button[data-act]")) {
  button.addEventListener("click", async () => {
    const { act, id, word } = button.dataset;
    if (!(await sure(word, WHAT[act]))) return;
    button.disabled = true;
    try {
      await ask("POST", `/api/handovers/${encodeURIComponent(id)}/${act}`, {});
      again(`已办理:${word}。`);
    } catch (error) {
      button.disabled = false;
      if (!("detail" in error)) throw error;
      say(error.detail);
    }
  });
}
