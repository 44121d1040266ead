// Signing in: on the login page, and in a dialog over a page whose sign-in has ended, so that nothing typed is lost.
import { el, fill } from "../map/dom.js";

/** Ask for a session; answers null when signed in, else what went wrong in words. */
export async function signIn(login, password) {
  let response;
  try {
    response = await fetch("/api/session", {
      method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: JSON.stringify({ login, password }),
    });
  } catch {
    return { fault: "没有连上服务器,请检查网络后重试。" };
  }
  let body = {};
  try {
    body = await response.json();
  } catch {
    // Something in between answered in its own words.
  }
  if (!response.ok) return { fault: body.detail || "没能登录,请稍后重试。" };
  return { csrf: body.csrf, login: body.person.login };
}

let open = null;

/** A dialog that asks for the password of the person who was signed in; resolves once they are again. */
export function signInAgain() {
  open ??= new Promise((resolve) => show(resolve)).finally(() => { open = null; });
  return open;
}

function show(resolve) {
  const before = document.activeElement;
  const login = document.querySelector('meta[name="login"]')?.content || "";
  const said = el("p", { class: "error", role: "alert", hidden: true });
  const password = el("input", { type: "password", id: "again-password", autocomplete: "current-password", maxlength: "200", required: true });
  const button = el("button", { type: "submit", class: "button strong" }, "登录");
  const form = el(
    "form", { novalidate: true, method: "dialog" },
    el("h2", { id: "again-title" }, "请重新登录"),
    el("p", {}, "登录已过期。登录后接着办,本页填写的内容还在。"),
    el("div", { class: "field" }, el("label", { for: "again-login" }, "登录名"), el("input", { id: "again-login", value: login, readonly: true, autocomplete: "username" })),
    el("div", { class: "field" }, el("label", { for: "again-password" }, "密码"), password),
    said,
    el("p", { class: "acts" }, button),
  );
  const dialog = fill(el("dialog", { class: "dialog", "aria-labelledby": "again-title" }), form);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    const answer = await signIn(login, password.value);
    button.disabled = false;
    if (answer.fault) {
      said.textContent = answer.fault;
      said.hidden = false;
      password.select();
      return;
    }
    document.querySelector('meta[name="csrf"]').content = answer.csrf;
    dialog.close();
    dialog.remove();
    before?.focus?.();
    resolve();
  });
  document.body.append(dialog);
  dialog.showModal();
  password.focus();
}
