// What the pages beside the map do with script where there is any: copy, read aloud, print. Without it nothing is missing
// but these buttons, which stay hidden.
import { copy } from "../map/notes.js";
import { reader } from "../map/speech.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button.dataset.copy, "地址"));
}

for (const box of document.querySelectorAll(".report-text")) {
  box.value = box.value.replace(/^页面:(.*)$/m, (_, path) => `页面:${new URL(path, window.location.href).href}`);
}
for (const button of document.querySelectorAll("[data-copy-report]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button.parentElement.querySelector(".report-text").value, "纠错内容"));
}

const voice = reader();
const speaking = [...document.querySelectorAll("[data-say]")];
const mute = document.getElementById("mute");
if (mute) mute.hidden = Boolean(voice) || !speaking.length;

if (voice) {
  for (const button of speaking) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const stop = button.getAttribute("aria-pressed") === "true";
      voice.stop();
      if (stop) return;
      button.setAttribute("aria-pressed", "true");
      voice.say(button.dataset.say, () => button.setAttribute("aria-pressed", "false"));
    });
  }
}

if (typeof window.print === "function" && !/MicroMessenger/i.test(navigator.userAgent)) {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
