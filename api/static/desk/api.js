// Asking the service from the desk: the CSRF token, errors in the service's own words, and signing in again in place.
import { signInAgain } from "./signin.js";

/** What went wrong: `errors` by field (`loc`, `msg`, `remedy`), `missing` and `allowed` where the service told them. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || "请求没有成功");
    this.status = status;
    this.title = body.title || "请求没有成功";
    this.detail = body.detail || "请稍后重试。";
    this.errors = body.errors || [];
    this.missing = body.missing || [];
    this.allowed = body.allowed || [];
  }
}

const OFFLINE = { title: "网络不通", detail: "没有连上服务器,请检查网络后重试。" };

const meta = (name) => document.querySelector(`meta[name="${name}"]`);
export const csrf = () => meta("csrf")?.content || "";

/** Ask and answer JSON; `body` is sent as JSON. A sign-in that ended is renewed in a dialog, then asked again. */
export async function ask(method, path, body, { signal, keepalive = false } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method, signal, keepalive,
      headers: { Accept: "application/json", ...(method === "GET" ? {} : { "Content-Type": "application/json", "X-CSRF-Token": csrf() }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, OFFLINE);
  }
  if (response.status === 401 && !path.startsWith("/api/session")) {
    await signInAgain();
    return ask(method, path, body, { signal });
  }
  const answer = await readable(response);
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

async function readable(response) {
  try {
    return await response.json();
  } catch {
    return response.status >= 500 ? { title: "服务暂时不可用", detail: "服务暂时不可用,请稍后重试。" } : {};
  }
}

/** Send a form with a file; `onProgress` gets 0 to 100. fetch() cannot tell how far it is. */
export function upload(path, form, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", csrf());
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress((event.loaded / event.total) * 100));
    request.addEventListener("error", () => reject(new Problem(0, OFFLINE)));
    request.addEventListener("load", () => {
      if (request.status === 401) signInAgain().then(() => upload(path, form, onProgress)).then(resolve, reject);
      else if (request.status >= 400) reject(new Problem(request.status, request.response || (request.status === 413 ? { title: "文件太大", detail: "文件太大,请压缩后再传。" } : {})));
      else resolve(request.response);
    });
    request.send(form);
  });
}
