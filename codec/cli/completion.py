"""Completion of the commands' options and values in a shell: a script, made from the parsers.

``gvc-info --completion bash`` prints it. The shell runs it when it starts, and the commands are not run to complete.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable

from codec.cli.commands import Command, CommandOption, commands

_NO_FILES = "compopt +o default +o bashdefault;"
"""In bash: do not offer names of files in place of words."""
_LONGEST_HELP = 72
"""Characters of an option's help beside its name; the rest is left to ``--help``."""


def completion(shell: str) -> str:
    """The script that completes all commands.

    Args:
        shell: one of :data:`SHELLS`.
    """
    return _SCRIPTS[shell](commands())


def _bash(described: Iterable[Command]) -> str:
    parts = []
    for command in described:
        function = _function(command)
        cases = []
        for option in _with_value(command):
            pattern = "|".join(option.flags)
            if option.values:
                cases.append(f"    {pattern}) {_NO_FILES} {_words(' '.join(option.values))}; return ;;")
            elif not option.takes_path:
                cases.append(f"    {pattern}) {_NO_FILES} return ;;")
            else:
                cases.append(f"    {pattern}) return ;;")
        flags = " ".join(flag for option in command.options for flag in option.flags)
        lines = (
            f"{function}() {{",
            '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
            "  COMPREPLY=()",
            '  case "$before" in',
            *cases,
            "  esac",
            f'  [[ "$word" == -* ]] && {_words(flags)}',
            "  return 0",
            "}",
            f"complete -o default -o bashdefault -F {function} {command.name}",
        )
        parts.append("\n".join(lines))
    return "\n".join(parts)


def _words(words: str) -> str:
    return f'COMPREPLY=($(compgen -W {shlex.quote(words)} -- "$word"))'


def _zsh(described: Iterable[Command]) -> str:
    described = tuple(described)
    names = " ".join(command.name for command in described)
    lines = [f"#compdef {names}", "_gvc() {", '  case "$service" in']
    for command in described:
        specs = [spec for option in command.options for spec in _zsh_specs(option)]
        lines += [f"    {command.name}) _arguments -S \\"]
        lines += [f"      {shlex.quote(spec)} \\" for spec in specs]
        lines += ["      '*:file:_files' ;;"]
    lines += ["  esac", "}", f'if [ "$funcstack[1]" = _gvc ]; then _gvc "$@"; else compdef _gvc {names}; fi']
    return "\n".join(lines)


def _zsh_specs(option: CommandOption) -> list[str]:
    """What ``_arguments`` takes: a specification of each name. One of them, once given, excludes the others."""
    action = f"({' '.join(option.values)})" if option.values else "_files" if option.takes_path else " "
    value = f":{option.metavar.replace(':', chr(92) + ':')}:{action}" if option.metavar is not None else ""
    summary = "".join("\\" + c if c in "[]:\\" else c for c in _short(option.help))
    others = " ".join(option.flags)
    return [f"({others}){flag}[{summary}]{value}" for flag in option.flags]


def _fish(described: Iterable[Command]) -> str:
    lines = []
    for command in described:
        for option in command.options:
            words = [f"complete -c {command.name}"]
            words += [_fish_flag(flag) for flag in option.flags]
            if option.takes_value:
                words.append("-r" if option.takes_path else "-x")
            if option.values:
                words.append(f"-a {_fish_quoted(' '.join(option.values))}")
            words.append(f"-d {_fish_quoted(_short(option.help))}")
            lines.append(" ".join(words))
    return "\n".join(lines)


def _fish_flag(flag: str) -> str:
    if flag.startswith("--"):
        return f"-l {flag[2:]}"
    return f"-s {flag[1:]}" if len(flag) == 2 else f"-o {flag[1:]}"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _function(command: Command) -> str:
    return "_" + command.name.replace("-", "_")


def _with_value(command: Command) -> Iterable[CommandOption]:
    return (option for option in command.options if option.takes_value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_HELP else text[: _LONGEST_HELP - 3].rsplit(" ", 1)[0] + " ..."


_SCRIPTS: dict[str, Callable[[Iterable[Command]], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
SHELLS = tuple(_SCRIPTS)
"""The shells that there is a script for."""
