// The words on the screen: status, kinds, periods, positions. One place, so that card and list never disagree.

const STATUS = {
  standard: "标准地名",
  deemed: "视为标准地名",
  recorded: "收录地名(未经核准)",
  planned: "规划地名(未启用)",
  reserved: "预留名称",
  historic: "历史地名",
  cancelled: "已停用",
};

const KIND = {
  standard: "标准地名",
  former: "曾用名",
  alias: "别名",
  short: "简称",
  historic: "历史地名",
  map: "地图用名",
  minority: "民族语名称",
};

const RELATION = { merged: "并入", split: "析出", part: "部分", continued: "改设" };

const LEVEL = { province: "省级", prefecture: "地级", county: "县级", township: "乡级" };

export const statusWord = (status) => STATUS[status] || "状态未录入";
export const levelWord = (level) => LEVEL[level] || "";

/** What a name of a place is today. A standard name that ended is a former name to the reader. */
export function nameWord(name) {
  // 别名 is a legal kind; what an outside list writes beside its own name is not that.
  if (name.kind === "alias" && name.status === "recorded") return "资料所列其他写法";
  if (name.kind !== "standard") return KIND[name.kind] || "其他名称";
  if (name.status === "historic" || name.status === "cancelled") return KIND.former;
  return statusWord(name.status);
}

export const kindWord = (kind) => KIND[kind] || "";

/** What it is by which a place was found: a code, in use or not, or a name of a kind. */
export const foundWord = ({ tier, kind }) => (tier === "code" ? (kind === "former" ? "曾用代码" : "代码") : kindWord(kind) || "又名");

/** What a place that ended is today; a part that it ceded while it went on is not that. */
export const heirs = (becomes) => (becomes || []).filter((other) => other.relation !== "part");

/** The words before kin: what a place is now, what it ceded to, where it came from, what it took a part of. */
export const becameWord = (other) => (other.relation === "part" ? "划出至" : "今");
export const cameWord = (other) => (other.origin && other.relation !== "part" ? "由来" : "划入自");

/** 并入 / 析出 / …; an unknown one says only that there is a link. */
export const relationWord = (relation) => RELATION[relation] || "";

/** A date no finer than it is known: to the day, month or year, or only that it was earlier. */
export function dateWord(date, precision = "day") {
  if (!date) return "";
  const [year, month, day] = String(date).split("-").map(Number);
  if (precision === "before") return `${year}年底前`;
  if (!month || precision === "year") return `${year}年`;
  if (!day || precision === "month") return `${year}年${month}月`;
  return `${year}年${month}月${day}日`;
}

/** The year or day that a view is of: a year means its end; nothing for today. */
export const eraWord = (asOf) => (asOf ? `${dateWord(asOf)}${asOf.length === 4 ? "底" : ""}` : "");

/** The same as a sentence of its own. */
export const eraSentence = (asOf) => (asOf ? `${eraWord(asOf)}的名称(界线按今天)` : "");

/** From when until when a name was used; open ends are said to be open or unknown, never guessed. */
export function periodWord(name) {
  const from = dateWord(name.valid_from, name.from_precision);
  const to = dateWord(name.valid_to, name.to_precision);
  if (!from && !to) return "起止时间未录入";
  if (!to) return name.from_precision === "before" ? `${from}已使用,至今` : `${from}至今`;
  return from ? `${from}—${to}` : `至${to}`;
}

export function metresWord(metres) {
  if (metres === null || metres === undefined) return "";
  return metres < 1000 ? `${Math.round(metres)} 米` : `${(metres / 1000).toFixed(metres < 10000 ? 1 : 0)} 公里`;
}

/** Decimal degrees, no more places than the service gave and never more than five (about a metre). */
export function decimalWord(lon, lat) {
  const short = (value) => String(Number(Number(value).toFixed(5)));
  return `东经 ${short(lon)}°,北纬 ${short(lat)}°`;
}

/** Degrees, minutes, seconds; a tenth of a second is about three metres. */
export function sexagesimalWord(lon, lat, digits = 0) {
  return `${sexagesimal(lon, digits)}E,${sexagesimal(lat, digits)}N`;
}

function sexagesimal(value, digits) {
  const parts = 10 ** digits;
  let seconds = Math.round(Math.abs(value) * 3600 * parts);
  const degrees = Math.floor(seconds / (3600 * parts));
  seconds -= degrees * 3600 * parts;
  const minutes = Math.floor(seconds / (60 * parts));
  seconds -= minutes * 60 * parts;
  const two = (text) => String(text).padStart(2, "0");
  return `${degrees}°${two(minutes)}′${(seconds / parts).toFixed(digits).padStart(digits ? 3 + digits : 2, "0")}″`;
}

const MU = 2000 / 3; // square metres of one 市亩

const number = (value, digits) => value.toLocaleString("zh-CN", { minimumFractionDigits: digits, maximumFractionDigits: digits });
// Four digits that mean something, two decimals at most.
const figures = (value) => number(value, value >= 1000 ? 0 : value >= 100 ? 1 : 2);

/** A measured length, in the unit that suits it first. */
export function lengthWords(metres) {
  const [small, large] = [`${number(metres, 1)} 米`, `${number(metres / 1000, 3)} 公里`];
  return metres < 1000 ? [small] : [large, small];
}

/** A measured area in all units that people use for one of this size, the suitable one first. */
export function areaWords(square) {
  const metres = `${number(square, 1)} 平方米`;
  const mu = `${figures(square / MU)} 亩`;
  const hectares = `${figures(square / 1e4)} 公顷`;
  if (square < 1e4) return [metres, mu];
  return square < 1e6 ? [hectares, mu, metres] : [`${figures(square / 1e6)} 平方公里`, hectares, mu];
}

/** Metres without decimals: the public sees positions to about one metre. */
export const planeWord = (metres) => metres.toFixed(0);

/** 江苏省南通市如皋市…: the address to paste; a division is not repeated behind its own path. */
export function addressWord(properties) {
  const path = (properties.division && properties.division.path) || [];
  const own = path.length && path[path.length - 1] === properties.name;
  return path.join("") + (own ? "" : properties.name);
}

export function totalWord(total) {
  if (!total) return "";
  return total.is === "exact" ? `共 ${total.value} 条` : `至少 ${total.value} 条`;
}

/** Why a name of other characters than those typed is in the list; empty for all others. */
export function looseWord(tier) {
  return { homophone: "同音", fuzzy: "差一字" }[tier] || "";
}

/** A place in one sentence, for those who hear the page. */
export function saidWord({ name, roman, status, division }) {
  return [name, roman, statusWord(status), ((division && division.path) || []).join(" › ")].filter(Boolean).join(",");
}

/** The divisions that hold a position, in one line. */
export const whereWord = ({ divisions = [] }) => (divisions.length ? divisions.map(({ name }) => name).join(" › ") : "不在本系统范围内");
