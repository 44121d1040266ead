// The account page: changing one's password.
import { ask } from "./api.js";
import { again } from "./frame.js";

const form = document.getElementById("password");

function fault(name, text) {
  const node = document.getElementById(`e-${name}`) || document.getElementById("password-error");
  node.textContent = text;
  node.hidden = false;
  form.elements[name]?.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  for (const node of form.querySelectorAll(".error")) node.hidden = true;
  const { old, new: fresh, again: repeated } = Object.fromEntries(new FormData(form));
  if (!old) return fault("old", "请填写现在的密码。");
  if (!fresh) return fault("new", "请填写新密码。");
  if (fresh !== repeated) return fault("again", "两遍新密码不一样,请重新填写。");
  const button = form.querySelector('button[type="submit"]');
  button.disabled = true;
  try {
    await ask("POST", "/api/password", { old, new: fresh });
    again("密码已修改。");
  } catch (error) {
    button.disabled = false;
    if (!("detail" in error)) throw error;
    for (const each of error.errors.toReversed()) fault(each.loc.split(".").pop(), `${each.msg}。${each.remedy}`);
    if (!error.errors.length) fault("", error.detail);
  }
  return undefined;
});
