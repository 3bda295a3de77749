"""Tables as HTML: the first column left, numbers right; ``tables.js`` sorts them by a click on a heading."""

from __future__ import annotations

from benchmarks.figures import Table
from benchmarks.report.markup import escaped, inline, plain

NO_ROWS = "nothing measured"


def table_html(table: Table, *, label: str | None = None) -> str:
    """A table in a box of its own that scrolls, with the command that measures it if it names one.

    Args:
        table: its cells may hold marks.
        label: what a screen reader calls it; None takes its first heading.
    """
    heads = "".join(f'<th scope="col">{inline(column)}</th>' for column in table.columns)
    written = table.rows or ((NO_ROWS, *("" for _ in table.columns[1:])),)
    rows = "".join(
        f'<tr><th scope="row">{inline(row[0])}</th>{"".join(f"<td>{inline(cell)}</td>" for cell in row[1:])}</tr>'
        for row in written
    )
    name = escaped(plain(label or table.columns[0]))
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="Table: {name}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"{command_html(table.command) if table.command else ''}"
    )


def command_html(command: str) -> str:
    """The line that says how to measure it again."""
    return f'<p class="command">Measured by <code>{escaped(command)}</code></p>'
