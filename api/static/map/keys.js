// The map by keyboard and ear: arrows move it (Leaflet), Enter asks what lies in the middle, moves are told in words.
import { el } from "./dom.js";
import { whereWord } from "./words.js";

const REST = 700; // milliseconds without another key before the new view is told
const MOVES = /^(Arrow(Up|Down|Left|Right)|[-+=_])$/;

/** @param viewer the page: `map`, `api`, `view`, `ask(latlng)` */
export function mapByKeys(viewer) {
  const { map, api } = viewer;
  const box = map.getContainer();
  const said = document.getElementById("said");
  const help = el("p", { id: "map-help", class: "visually-hidden" }, "方向键移动,加号减号缩放,回车查询中心位置是哪里,斜杠键回到搜索框。");
  const cross = el("span", { class: "cross", "aria-hidden": "true" });
  box.before(help);
  box.append(cross);
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", "地图");
  box.setAttribute("aria-describedby", help.id);

  let timer = 0;
  let asking = null;
  const middle = () => map.containerPointToLatLng(viewer.view.middle);
  const mark = () => {
    cross.style.left = `${viewer.view.middle.x}px`;
    cross.style.top = `${viewer.view.middle.y}px`;
  };
  const tell = async () => {
    if (asking) asking.abort();
    asking = new AbortController();
    const at = middle();
    try {
      const answer = await api.lookup(at.lng, at.lat, asking.signal);
      said.textContent = `地图中心:${whereWord(answer)},级别 ${Math.round(map.getZoom())}`;
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = `地图中心:没有查到,级别 ${Math.round(map.getZoom())}`;
    }
  };
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(tell, REST);
  };

  box.addEventListener("focus", mark);
  map.on("moveend resize", mark);
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || event.ctrlKey || event.metaKey || event.altKey) return;
    if (MOVES.test(event.key)) {
      mark();
      soon();
    } else if (event.key === "Enter") {
      event.preventDefault();
      window.clearTimeout(timer);
      viewer.opener = box;
      viewer.ask(middle());
      document.getElementById("card").focus({ preventScroll: true });
    }
  });
}
