// The coordinates of a position in the three ways that people write them down, each to copy.
import { el } from "./dom.js";
import { decimalWord, planeWord, sexagesimalWord } from "./words.js";

const MIDDLE = "这是区域内的示意点,不是政府驻地。";

export { MIDDLE };

/**
 * @param at { lon, lat, datum, grid }: `grid` comes from the service, which asks PROJ; null where there is no zone
 * @param copy called with the text and what it is
 * @param area whether the position only stands for an area
 */
export function coordinates({ lon, lat, datum, grid }, copy, area = false) {
  const row = (name, text, copied, what) => [
    el("dt", {}, name), el("dd", {}, text),
    el("dd", {}, el("button", { type: "button", class: "quiet copy", "aria-label": `复制${what}`, on: { click: () => copy(copied, what) } }, "复制")),
  ];
  const dms = sexagesimalWord(lon, lat, 1);
  return el(
    "section", { class: "block" }, el("h3", {}, area ? "示意点坐标" : "坐标"),
    area && el("p", { class: "faint" }, MIDDLE),
    el(
      "dl", { class: "coordinates" },
      row("十进制度", decimalWord(lon, lat), `${lat},${lon}`, "坐标(纬度,经度)"),
      row("度分秒", dms, dms, "度分秒坐标"),
      grid && row("3度带", [`X ${planeWord(grid.x)}`, el("br"), `Y ${planeWord(grid.y)}`], `${planeWord(grid.x)},${planeWord(grid.y)}`, "3度带坐标(X,Y)"),
    ),
    grid && el("p", { class: "faint" }, `高斯投影3度带第${grid.zone}带,中央经线${grid.meridian}°;X 向北,Y 向东(前两位是带号),单位米。`),
    el("p", { class: "faint" }, `坐标系 CGCS2000${datum && datum !== "CGCS2000" ? `(原始资料 ${datum})` : ""}`),
  );
}
