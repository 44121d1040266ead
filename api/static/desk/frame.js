// What every desk page does: sign out, print, show passwords, and tell after a reload what was done.
import { ask } from "./api.js";

const KEY = "desk-flash";

/** Tell it on the next page; for what is shown after going there or loading anew. */
export function later(text) {
  window.sessionStorage.setItem(KEY, text);
}

/** Load the page anew and tell what was done. */
export function again(text) {
  later(text);
  window.location.reload();
}

function flash() {
  const text = window.sessionStorage.getItem(KEY);
  window.sessionStorage.removeItem(KEY);
  const node = document.getElementById("flash");
  if (!text || !node) return;
  node.hidden = false;
  node.textContent = text;
  node.focus({ preventScroll: true });
}

async function signOut() {
  try {
    await ask("DELETE", "/api/session");
  } catch (error) {
    if (error.status !== 401) {
      say(error.detail || "没能退出,请重试。");
      return;
    }
  }
  window.location.assign("/desk/login");
}

let timer = 0;

/** A line at the lower edge. */
export function say(text) {
  const node = document.getElementById("toast");
  window.clearTimeout(timer);
  node.textContent = text;
  node.hidden = false;
  timer = window.setTimeout(() => { node.hidden = true; }, 5000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.id === "sign-out" || button.hasAttribute("data-sign-out")) signOut();
  if (button.hasAttribute("data-print")) window.print();
  if (button.dataset.show) {
    const input = document.getElementById(button.dataset.show);
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "隐藏" : "显示";
    button.setAttribute("aria-pressed", String(shown));
  }
});
flash();
