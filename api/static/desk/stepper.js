// The list of parts beside a form: marks the part in view, leaves out those that are not open yet.

/** Follow the reader through the parts of a form. */
export function watchSteps(form) {
  const links = new Map([...form.querySelectorAll(".steps a")].map((link) => [link.dataset.part, link]));
  const parts = [...form.querySelectorAll(".part")];
  for (const part of parts) {
    const link = links.get(part.id.replace("part-", ""));
    if (part.hidden) link.removeAttribute("href");
    else link.setAttribute("href", `#${part.id}`);
  }
  const open = parts.filter((part) => !part.hidden);
  let waiting = false;
  const follow = () => {
    waiting = false;
    const line = window.innerHeight * 0.35;
    const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 4;
    const current = atEnd && window.scrollY > 0 ? open.at(-1) : open.findLast((part) => part.getBoundingClientRect().top <= line) || open[0];
    for (const [id, link] of links) {
      if (current?.id === `part-${id}`) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
  };
  if (!form.dataset.followed) {
    form.dataset.followed = "yes";
    window.addEventListener("scroll", () => {
      if (!waiting) window.requestAnimationFrame(() => form.dispatchEvent(new Event("follow")));
      waiting = true;
    }, { passive: true });
  }
  form.addEventListener("follow", follow);
  follow();
}
