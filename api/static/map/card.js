// The cards: what the register says about one place, and what lies at a tapped position.
import { coordinates, MIDDLE } from "./coordinates.js";
import { el, fill, icon, ICONS } from "./dom.js";
import {
  addressWord, becameWord, cameWord, dateWord, heirs, levelWord, metresWord, nameWord, periodWord, relationWord, statusWord,
} from "./words.js";

export class Card {
  /** @param acts { close, back, choose(id), copy(text, what), report(properties), retry() } */
  constructor(node, acts) {
    this.node = node;
    this.acts = acts;
  }

  loading(name) {
    this.#show(
      el("div", { class: "card-head" }, el("h2", { class: "card-name" }, name || "正在查询…")),
      el("div", { class: "bones", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
    );
  }

  fault(problem) {
    this.#show(
      el(
        "div", { class: "card-fault", role: "alert" },
        el("h2", { class: "card-name" }, problem.title), el("p", {}, problem.detail),
        problem.status === 404 ? null
          : el("button", { type: "button", class: "button", on: { click: () => this.acts.retry() } }, "重试"),
      ),
    );
  }

  /** The first card of a place: name, reading, where, status, approval, acts; then the rest. */
  place(properties, located) {
    const { name, roman, status } = properties;
    const now = ended(properties) ? presentNames(properties) : [];
    this.#show(
      el(
        "div", { class: "card-head" },
        el("h2", { class: "card-name" }, name),
        roman && el("p", { class: "card-roman", lang: "zh-Latn-pinyin" }, roman),
        el(
          "p", { class: "chips" },
          now.length
            ? el("span", { class: "chip chip-historic" }, "曾用名(今 ", ...now.flatMap((other, at) => [at ? "、" : "", this.#link(other)]), ")")
            : el("span", { class: `chip chip-${status}` }, statusWord(status)),
          properties.class && el("span", { class: "chip chip-class" }, properties.class.label),
        ),
        el("p", { class: "card-path" }, path(properties)),
        properties.own_division && el("p", { class: "card-code" }, `区划代码:${properties.own_division.code}`),
        el("p", { class: "card-approval" }, approval(properties.approval)),
      ),
      this.#buttons(properties, located),
      this.#lineage(properties),
      names(properties),
      located ? coordinates(properties, this.acts.copy, Boolean(properties.own_division)) : el(
        "section", { class: "block" }, el("h3", {}, "位置"),
        el("p", {}, properties.location ? `${properties.location}(坐标待采集)` : "坐标待采集"),
      ),
      el(
        "section", { class: "block block-foot" },
        properties.source && el("p", {}, `资料来源:${properties.source}`),
        el("p", {}, el("a", { href: `/places/${encodeURIComponent(properties.id)}` }, "打开永久页面"), "(可收藏、可引用)"),
      ),
    );
  }

  /** What is here: the divisions that hold the position and the nearest names. */
  here({ lon, lat }, answer) {
    const divisions = answer.divisions || [];
    const near = answer.places || [];
    const inner = divisions[divisions.length - 1];
    this.#show(
      el(
        "div", { class: "card-head" },
        el("h2", { class: "card-name" }, "此处"),
        el("p", { class: "card-path" }, divisions.length ? divisions.map((d) => d.name).join(" › ") : "不在本系统范围内"),
      ),
      answer.boundary === "today" && el("p", { class: "faint" }, "当时的界线没有录入,按今天的界线推断。"),
      navigation({ name: inner ? `${inner.name}境内` : "此处", lon, lat }),
      divisions.length > 0 && el(
        "section", { class: "block" }, el("h3", {}, "所在政区"),
        el("ul", { class: "links" }, divisions.map((d) => this.#row(d.place, d.name, `${levelWord(d.level)} · 代码 ${d.code}`))),
      ),
      (answer.candidates || []).length > 0 && el(
        "section", { class: "block" }, el("h3", {}, "当时可能所在的政区"),
        el("ul", { class: "links" }, answer.candidates.map((d) => this.#row(d.place, d.name, `${levelWord(d.level)} · 代码 ${d.code}`))),
      ),
      near.length > 0 && el(
        "section", { class: "block" }, el("h3", {}, "附近地名"),
        el("ul", { class: "links" }, near.map((p) => this.#row(p.id, p.name, metresWord(p.metres)))),
      ),
      coordinates({ lon, lat, datum: "CGCS2000", grid: answer.grid }, this.acts.copy),
    );
  }

  /** Put up a card in place of another. Whoever is in the card stays there: on the button above, else on the card. */
  #show(...children) {
    const held = document.activeElement;
    const inside = this.node.contains(held);
    fill(this.node, this.#top(), ...children);
    if (!inside) return;
    const above = held.closest(".card-top") && (held.matches(".card-close") ? ".card-close" : ".card-top button");
    ((above && this.node.querySelector(above)) || this.node).focus({ preventScroll: true });
  }

  #top() {
    const back = this.acts.canGoBack();
    return el(
      "div", { class: back ? "card-top with-back" : "card-top" },
      back && el(
        "button", { type: "button", class: "quiet", on: { click: () => this.acts.back() } }, icon(ICONS.back), "返回结果",
      ),
      el(
        "button", { type: "button", class: "quiet card-close", "aria-label": "关闭卡片", on: { click: () => this.acts.close() } },
        icon(ICONS.close),
      ),
    );
  }

  #buttons(properties, located) {
    const routes = located ? navigation(properties) : null;
    const open = routes && el(
      "button", { type: "button", class: "act", "aria-expanded": "false" }, icon(ICONS.navigate), "导航",
    );
    if (routes) {
      routes.hidden = true;
      open.addEventListener("click", () => {
        routes.hidden = !routes.hidden;
        open.setAttribute("aria-expanded", String(!routes.hidden));
      });
    }
    return [
      el(
        "div", { class: "acts" }, open,
        el(
          "button", { type: "button", class: "act", on: { click: () => this.acts.copy(addressWord(properties), "地址") } },
          icon(ICONS.copy), "复制地址",
        ),
        el(
          "button", { type: "button", class: "act", on: { click: () => this.acts.report(properties) } },
          icon(ICONS.mend), "纠错",
        ),
      ),
      routes,
    ];
  }

  #lineage(properties) {
    const rows = [
      ...(properties.becomes || []).map((other) => [becameWord(other), other]),
      ...(properties.came_from || []).map((other) => [cameWord(other), other]),
    ];
    if (!rows.length) return null;
    return el(
      "section", { class: "block" }, el("h3", {}, "变迁"),
      el("ul", { class: "lineage" }, rows.map(([word, other]) => el(
        "li", {}, el("span", { class: "lineage-word" }, word), this.#link(other),
        el("span", { class: "faint" }, [relationWord(other.relation), dateWord(other.date, other.precision)].filter(Boolean).join(" · ")),
      ))),
    );
  }

  #row(id, name, more) {
    return el(
      "li", {},
      id ? el("button", { type: "button", class: "row", on: { click: () => this.acts.choose(id) } }, name, el("span", { class: "faint" }, more))
        : el("span", { class: "row" }, name, el("span", { class: "faint" }, more)),
    );
  }

  #link(other) {
    if (!other.id) return other.name;
    return el(
      "a", { href: `/places/${encodeURIComponent(other.id)}`, on: { click: (event) => this.#follow(event, other.id) } }, other.name,
    );
  }

  /** A plain click stays on the map; a click with a key opens the permanent page as any link does. */
  #follow(event, id) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.acts.choose(id);
  }
}

/** Whether the name that is shown is not in use today, be it that the card shows another day. */
function ended({ name, names = [], status }) {
  const shown = names.find((other) => other.text === name);
  return /^(historic|cancelled)$/.test(status) || Boolean(shown && shown.valid_to);
}

/** What a place that is shown by an earlier name is today: its heirs, or its own name in force. */
function presentNames({ name, names = [], becomes }) {
  const kin = heirs(becomes);
  if (kin.length) return kin;
  const found = names.find((other) => /^(standard|deemed)$/.test(other.status) && !other.valid_to && other.text !== name);
  return found ? [{ name: found.text }] : [];
}

function path(properties) {
  const parts = (properties.division && properties.division.path) || [];
  return parts.length ? parts.join(" › ") : "所在政区未录入";
}

function approval(given) {
  if (!given || (!given.instrument && !given.date)) return "批准信息:未录入";
  return `批准:${[given.instrument, dateWord(given.date, given.precision)].filter(Boolean).join(",")}`;
}

function names(properties) {
  const rows = properties.names || [];
  if (!rows.length) return null;
  return el(
    "section", { class: "block" }, el("h3", {}, "名称沿革"),
    el("ul", { class: "names" }, rows.map((name) => el(
      "li", {},
      el("div", { class: "names-head" }, el("b", {}, name.text), el("span", { class: "faint" }, nameWord(name))),
      el("div", { class: "faint" }, [name.roman, periodWord(name)].filter(Boolean).join(" · ")),
      (name.instrument || name.source) && el("div", { class: "faint" }, [name.instrument, name.source].filter(Boolean).join(" · ")),
    ))),
  );
}

/** Links to navigation programs. Each states the datum, else the courier lands hundreds of metres off. */
function navigation({ name, lon, lat, own_division: area }) {
  const amap = new URLSearchParams({ position: `${lon},${lat}`, name, coordinate: "wgs84", src: "diming" });
  const baidu = new URLSearchParams({
    location: `${lat},${lon}`, title: name, content: name, output: "html", coord_type: "wgs84", src: "webapp.diming",
  });
  return el(
    "div", { class: "routes" },
    area && el("p", { class: "faint" }, `导航到的位置:${MIDDLE}`),
    el(
      "p", { class: "routes-links" },
      el("a", { class: "button", rel: "noopener noreferrer", href: `https://uri.amap.com/marker?${amap}` }, "高德地图"),
      el("a", { class: "button", rel: "noopener noreferrer", href: `https://api.map.baidu.com/marker?${baidu}` }, "百度地图"),
    ),
    el("p", { class: "faint" }, "坐标按 WGS-84 传给导航软件,与本图所用 CGCS2000 相差不到 1 米。"),
  );
}
