// The login page: signs in, then goes to where the person wanted to be.
import { signIn } from "./signin.js";

const form = document.getElementById("login");
const said = document.getElementById("login-error");
const button = form.querySelector('button[type="submit"]');

function fault(text, field) {
  said.textContent = text;
  said.hidden = false;
  form.elements[field].focus();
}

/** Only a page of the desk: nobody is led away by a link that was slipped to them. */
function next() {
  const wanted = form.dataset.next || "/desk";
  const url = new URL(wanted, window.location.origin);
  const ours = url.origin === window.location.origin && url.pathname.startsWith("/desk") && !url.pathname.startsWith("/desk/login");
  return ours ? url.pathname + url.search : "/desk";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [login, password] = [form.elements.login.value.trim(), form.elements.password.value];
  said.hidden = true;
  if (!login) return fault("请填写登录名。", "login");
  if (!password) return fault("请填写密码。", "password");
  button.disabled = true;
  button.textContent = "正在登录……";
  const answer = await signIn(login, password);
  if (!answer.fault) return window.location.assign(next());
  button.disabled = false;
  button.textContent = "登录";
  fault(answer.fault, "password");
  form.elements.password.select();
  return undefined;
});
