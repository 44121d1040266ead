// The ways out of the map page: each takes along what it understands of the address.

/** Links with `data-keeps` carry those parts of the address on, as it is when they are used. */
export function keepDoors() {
  for (const door of document.querySelectorAll("a[data-keeps]")) {
    const [path, fixed] = door.getAttribute("href").split("?");
    const update = () => {
      const now = new URLSearchParams(window.location.search);
      const params = new URLSearchParams(fixed || "");
      for (const name of door.dataset.keeps.split(" ")) {
        if (now.get(name)) params.set(name, now.get(name));
      }
      const query = params.toString();
      door.href = query ? `${path}?${query}` : path;
    };
    for (const act of ["pointerenter", "pointerdown", "focus", "click"]) door.addEventListener(act, update);
  }
}

/** Skip links move the focus; the address after # belongs to the view of the map, and an open card stays. */
export function keepSkips(search) {
  for (const skip of document.querySelectorAll("a.skip")) {
    skip.addEventListener("click", (event) => {
      event.preventDefault();
      if (skip.hash === "#q") search.focusStill();
      else document.getElementById(skip.hash.slice(1)).focus();
    });
  }
}
