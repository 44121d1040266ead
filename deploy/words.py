"""The command line's own words in Chinese: Typer knows them only in English."""

from __future__ import annotations

import gettext
import re
from typing import Any

HELP = {
    "Arguments": "参数",
    "Options": "选项",
    "Commands": "命令",
    "(dynamic)": "(自动)",
    "default: {default}": "默认 {default}",
    "required": "必填",
    "Missing command.": "没有写命令。",
    "No such command {name!r}.": "没有命令 {name!r}。",
}

# Applied in this order, each to what the one before left.
MISTAKES = (
    (r"^No such option: (\S+)( .*)?$", r"没有选项 \1。"),
    (r"^Missing (?:argument|parameter) '?([^'.]+)'?\..*$", r"缺少参数 \1。"),
    (r"^Missing option '?([^'.]+)'?\..*$", r"缺少选项 \1。"),
    (r"^Got unexpected extra argument(?:\(s\)|s)? \((.*)\)$", r"多出了不认识的词:\1。"),
    (r"^Option '?([^']+)'? requires an argument\.$", r"选项 \1 后面要写值。"),
    (r"^Option '?([^']+)'? does not take a value\.$", r"选项 \1 不带值。"),
    (r"^Invalid value for '?([^':]+)'?: (?:Value error, )?", r"\1 的值不对:"),
    (r"Input should be a valid integer.*$", "要写整数。"),
    (r"Input should be less than or equal to (\S+)$", r"不能大于 \1。"),
    (r"Input should be greater than or equal to (\S+)$", r"不能小于 \1。"),
    (r"'([^']*)' is not one of (.*)\.$", r"“\1”不在可选值 \2 之中。"),
)


def speak_chinese() -> None:
    """Give gettext our words; to be called before Typer is imported, which takes its function at import."""
    english = gettext.gettext
    gettext.gettext = lambda message: HELP.get(message) or english(message)


def speak_chinese_help() -> None:
    """The words that Typer writes without asking gettext; to be called after it is imported."""
    import typer.core  # noqa: PLC0415  only now

    context: Any = typer.Context.__mro__[1]
    english = context.formatter_class.write_usage

    def write_usage(self: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        english(self, prog, args, prefix or "用法:")

    context.formatter_class.write_usage = write_usage
    for kind in (typer.core.TyperCommand, typer.core.TyperGroup):
        _translate_help_option(kind)


def _translate_help_option(kind: Any) -> None:
    english = kind.get_help_option

    def get_help_option(self: Any, context: Any) -> Any:
        option = english(self, context)
        if option is not None:
            option.help = "显示这份说明"
        return option

    kind.get_help_option = get_help_option


def mistake(message: str) -> str:
    """A usage error in the user's words."""
    text = " ".join(message.split())
    for pattern, words in MISTAKES:
        text = re.sub(pattern, words, text)
    return text
