// Tiles that come late say so: a thin bar, and hatched ground where nothing is known yet.

const PATIENCE = 350; // milliseconds: whatever comes sooner needs no sign

/** @param viewer the page, with its map and tiles */
export function showWaiting({ map, tiles }) {
  const bar = document.getElementById("waiting");
  let timer = 0;
  const show = (on) => {
    bar.hidden = !on;
    map.getContainer().classList.toggle("map-waiting", on);
  };
  tiles.layer.on("loading", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => show(true), PATIENCE);
  });
  const done = () => {
    window.clearTimeout(timer);
    show(false);
  };
  tiles.layer.on("load", done);
  // Tiles that were given up on the way tell nothing when nothing else is wanted any more.
  map.on("moveend", () => window.setTimeout(() => tiles.layer._noTilesToLoad() && done(), PATIENCE));
  if (tiles.layer.isLoading()) timer = window.setTimeout(() => show(true), PATIENCE);
}
