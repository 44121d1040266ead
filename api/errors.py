"""One table from exceptions to answers: RFC 9457 problem+json for programs, a plain page for people."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import psycopg2.errors
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api.access import COOKIE
from api.headers import HEADERS
from api.pages.render import render_error
from api.shown import shown
from foundation.errors import (
    DimingError,
    Forbidden,
    Malformed,
    NotFound,
    Refused,
    SignInNeeded,
    TooLarge,
    TooMany,
    Unavailable,
)

log = logging.getLogger("diming.api")

# exception, status, machine type, title
TABLE: tuple[tuple[type[DimingError], int, str, str], ...] = (
    (Malformed, 422, "malformed", "请求的内容不对"),
    (SignInNeeded, 401, "sign-in-needed", "需要登录"),
    (Forbidden, 403, "forbidden", "没有权限"),
    (NotFound, 404, "not-found", "没有找到"),
    (Refused, 409, "refused", "现在不能这样做"),
    (TooLarge, 413, "too-large", "内容太大"),
    (TooMany, 429, "too-many", "次数太多"),
    (Unavailable, 503, "unavailable", "服务暂时不可用"),
)
RETRY_SECONDS = "5"
_TITLES = {400: "请求的内容不对", 404: "没有找到", 405: "不支持这种请求方法", 413: "内容太大"}
_TYPES = {400: "malformed", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
# FastAPI's kinds of faults in a parameter → what is wrong, what to do.
_FAULTS = {
    "missing": ("缺少这个参数", "请补上"),
    "int_parsing": ("应为整数", "请填写整数"),
    "float_parsing": ("应为数字", "请填写数字"),
    "greater_than_equal": ("数值太小", "最小为 {ge}"),
    "less_than_equal": ("数值太大", "最大为 {le}"),
    "literal_error": ("不在可选的范围内", "可选:{expected}"),
    "string_type": ("应为文字", "请填写文字"),
    "string_too_long": ("太长", "最多 {max_length} 个字符"),
    "extra_forbidden": ("没有这一项", "请对照接口说明 /docs 核对名称"),
    "json_invalid": ("不是正确的 JSON", "请核对引号、逗号和括号"),
    "model_attributes_type": ("应为 JSON 对象", "请用花括号写成一个对象,并注明 Content-Type: application/json"),
    "dict_type": ("应为 JSON 对象", "请用花括号写成一个对象"),
    "list_type": ("应为列表", "请用方括号写成一个列表"),
    "date_from_datetime_parsing": ("日期的写法不对", "请写成 2026-03-02"),
    "date_parsing": ("日期的写法不对", "请写成 2026-03-02"),
    "date_type": ("日期的写法不对", "请写成 2026-03-02"),
}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    loc: str
    msg: str
    remedy: str


class Problem(BaseModel):
    """An error as RFC 9457 tells it; some carry more, such as the successors of a retired code."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] | None = None


def _described(words: str) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"model": Problem, "description": words, "content": {"application/problem+json": schema}}


DESCRIBED: dict[int | str, dict[str, Any]] = {
    401: _described("需要登录"),
    403: _described("没有权限"),
    404: _described("没有找到;停用的区划代码附有后继(successors)"),
    422: _described("参数不对;errors 逐项说明"),
    503: _described("暂时不可用,请按 Retry-After 再试"),
}


def install(app: FastAPI) -> None:
    """Teach the application how each exception is told."""
    for kind, *_ in TABLE:
        app.add_exception_handler(kind, _told)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(SQLAlchemyError, _broken)
    app.add_exception_handler(Exception, _broken)


def problem(request: Request, status: int, kind: str, title: str, detail: str, **extra: object) -> Response:
    """The answer for an error, in the form that the asker can read."""
    # An unforeseen failure is answered outside the middleware that adds them.
    headers = HEADERS | _when(status, extra)
    if _is_a_person(request):
        return HTMLResponse(
            render_error(status, title, detail, desk=request.url.path.startswith("/desk"), shown=shown(request)),
            status,
            headers=headers,
        )
    body: dict[str, Any] = {
        "type": f"urn:diming:error:{kind}", "title": title, "status": status, "detail": detail,
        "instance": request.url.path, **extra,
    }  # fmt: skip
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def _when(status: int, extra: dict[str, object]) -> dict[str, str]:
    """The headers that say when to try again, or how to sign in."""
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return {"Retry-After": str(extra.get("seconds", RETRY_SECONDS))}
    return {"Retry-After": RETRY_SECONDS} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _is_a_person(request: Request) -> bool:
    for_programs = request.url.path.startswith(("/api/", "/tiles/", "/health/", "/static/"))
    return not for_programs and "text/html" in request.headers.get("accept", "")


def _told(request: Request, error: Exception) -> Response:
    if not isinstance(error, DimingError):
        return _broken(request, error)
    status, kind, title = next((row[1:] for row in TABLE if isinstance(error, row[0])), (500, "internal", "系统出错"))
    if isinstance(error, SignInNeeded) and _is_a_person(request) and request.url.path.startswith("/desk"):
        return _to_the_door(request)
    extra = dict(error.extra)
    if isinstance(error, Malformed):
        extra["errors"] = [{"loc": e.loc, "msg": e.msg, "remedy": e.remedy} for e in error.errors]
    if isinstance(error, TooMany):
        extra["seconds"] = error.seconds
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("%s %s: %s", request.method, request.url.path, error.line())
    return problem(request, status, kind, title, error.line(), **extra)


def _to_the_door(request: Request) -> Response:
    """The sign-in page, which leads back; a cookie that opens nothing any more is taken away."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    answer = RedirectResponse(f"/desk/login?{urlencode({'next': wanted})}", HTTPStatus.SEE_OTHER, headers=HEADERS)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _unreadable(request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [_fault(fault) for fault in faults]
    detail = ";".join(f"{fault['loc']}:{fault['msg']}({fault['remedy']})" for fault in errors)
    return problem(request, 422, "malformed", "请求的内容不对", detail, errors=errors)


def _fault(fault: dict[str, Any]) -> dict[str, str]:
    msg, remedy = _FAULTS.get(fault["type"], ("写法不对", "请对照接口说明 /docs"))
    told = {
        key: str(value).replace("' or '", "'、'").replace(", ", "、") for key, value in fault.get("ctx", {}).items()
    }
    return {"loc": _where(fault["loc"]), "msg": msg, "remedy": remedy.format(**told)}


def _where(loc: Sequence[object]) -> str:
    return ".".join(str(part) for part in loc if part not in {"query", "path", "body"})


def _plain(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = _TITLES.get(status, "请求没有成功")
    detail = f"{title}:{request.url.path[:200]}"
    if isinstance(error, HTTPException) and status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        detail = error.detail
    answer = problem(request, status, _TYPES.get(status, "http"), title, detail)
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


def _broken(request: Request, error: Exception) -> Response:
    if told := _overtaken(error):
        log.warning("%s %s: %s", request.method, request.url.path, told)
        return problem(request, 503, "unavailable", "服务暂时不可用", told)
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    return problem(
        request, 500, "internal", "系统出错", "系统内部出错,已记入日志;没有保存任何内容。请稍后再试,或告知维护人员。"
    )


def _overtaken(error: Exception) -> str:
    """What to tell where the database could not do it now, though nothing is wrong with the request; else empty."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, psycopg2.errors.LockNotAvailable | psycopg2.errors.DeadlockDetected):
        return "别人正在办理同一件,或系统正在整理数据,没有保存。请稍后再试。"
    if isinstance(cause, psycopg2.errors.DiskFull):
        return "服务器磁盘已满,没有保存。请告知维护人员。"
    if isinstance(cause, psycopg2.errors.QueryCanceled):
        return "处理用时过长,已停止,没有保存。请稍后再试。"
    if isinstance(cause, psycopg2.OperationalError):
        return "数据库连接中断,可能没有保存。请刷新页面核对后再试。"
    return ""
