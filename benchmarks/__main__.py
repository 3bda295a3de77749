"""``python -m benchmarks``: measure, show, compare. With no action it runs suites; with no suite, those that fit."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.cases import Workplace
from benchmarks.clips import declared_clips, find_clips, own_clip
from benchmarks.compare import comparison
from benchmarks.document import write_documents
from benchmarks.figures import Table
from benchmarks.measure import ROOT
from benchmarks.report.page import write_report
from benchmarks.results import ResultSet, set_path
from benchmarks.run import run_cases
from benchmarks.suites import FULL_SUITES, SUITES
from benchmarks.suites.summary import headline
from codec.cluster.options import ClusterOptions
from codec.errors import GvcError, InputError
from codec.version import PROGRAM, VERSION

ACTIONS = ("run", "report", "document", "compare", "clips")
WORK = ROOT / "build" / "benchmarks"
QUICK = "quick"
OWN_SUITES = ("color", "lossless", "consistency")
"""Of the full suites, those that ask something of every single video."""
FAILED, INTERRUPTED = 1, 130


def main(words: list[str]) -> int:
    """Run one action; returns an exit code."""
    if not words or (words[0] not in ACTIONS and words[0] not in ("-h", "--help")):
        words = ["run", *words]
    parser = _parser()
    arguments = parser.parse_args(words)
    console = Console()
    try:
        return {"run": _run, "report": _report, "document": _document, "compare": _compare, "clips": _clips}[
            arguments.action
        ](arguments, console)
    except (GvcError, ValueError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("benchmarks: interrupted; the same command goes on where it stopped", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    suites = "\n".join(f"  {suite.name:12} {suite.shows}" for suite in SUITES.values())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure gvc on real clips, beside what a user would otherwise pick.",
        epilog=f"suites:\n{suites}\n\nWithout suites: {', '.join(OWN_SUITES)} on your own videos, "
        f"all but {QUICK} where a folder of clips is known, else {QUICK} on the bundled samples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    run = actions.add_parser("run", help="measure what is not measured yet, then write the report (the default)")
    run.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}")
    run.add_argument("--video", nargs="+", type=Path, default=[], metavar="FILE", help="videos of yours, and no clips")
    run.add_argument("--only", nargs="+", default=[], metavar="CLIP", help="these clips alone")
    run.add_argument("--again", action="store_true", help="measure what was measured before, too")
    run.add_argument("--list", action="store_true", help="print the cases and stop")
    run.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="code gvc's segments on the machines of a Dask cluster; times are theirs, so the results are kept apart",
    )
    run.add_argument("--no-report", action="store_true", help="write no page")
    _add_clips(run)
    _add_places(run)
    report = actions.add_parser("report", help="write the page again from results")
    _add_places(report)
    document = actions.add_parser("document", help="write docs/benchmarks.md and the README's headline")
    document.add_argument("--set", default=VERSION, metavar="NAME", help="set of results (default: %(default)s)")
    document.add_argument("--check", action="store_true", help="write nothing; fail if they are not up to date")
    compare = actions.add_parser("compare", help="show what changed between two sets of results")
    compare.add_argument("before", metavar="A", help="a set's name, or a .jsonl file")
    compare.add_argument("after", metavar="B")
    clips = actions.add_parser("clips", help="list the clips and where they are")
    _add_clips(clips)
    return parser


def _add_clips(parser: argparse.ArgumentParser) -> None:
    folder = os.environ.get("GVC_CLIPS")
    parser.add_argument(
        "--clips",
        type=Path,
        default=Path(folder) if folder else None,
        metavar="DIR",
        help="folder of clips that are not bundled (default: GVC_CLIPS)",
    )


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", metavar="NAME", help=f"set of results, or a .jsonl file (default: {VERSION})")
    parser.add_argument(
        "--work", type=Path, default=WORK, metavar="DIR", help="prepared clips, pictures, quick results and reports"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="HTML", help="the page (default: in the --work folder)")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    own = [own_clip(path) for path in arguments.video]
    names = arguments.suites or (OWN_SUITES if own else FULL_SUITES if arguments.clips else (QUICK,))
    if unknown := [name for name in names if name not in SUITES]:
        raise InputError(f"expected suites of {', '.join(SUITES)}. Received: {', '.join(unknown)}")
    clips = own or find_clips(arguments.clips, arguments.only)
    cases = [case for name in names for case in SUITES[name].cases(clips)]
    if arguments.list:
        for key in dict.fromkeys(case.key for case in cases):
            print(key)
        return 0
    is_quick = tuple(names) == (QUICK,)
    if arguments.cluster is not None:
        ClusterOptions(arguments.cluster)  # refuses what is no address
    if (own or is_quick or arguments.cluster) and arguments.set is None:
        name = "cluster" if arguments.cluster else "own" if own else QUICK
        arguments.set = str(arguments.work / f"{name}.jsonl")
    results = ResultSet(set_path(arguments.set or VERSION))
    workplace = Workplace(arguments.work, arguments.cluster)
    outcome = run_cases(cases, results, workplace, console, again=arguments.again or is_quick)
    console.print(f"{outcome.measured} measured, {outcome.kept} known before, {outcome.failed} failed: {results.path}")
    if not arguments.no_report:
        _report(arguments, console)
    return FAILED if outcome.failed else 0


def _report(arguments: argparse.Namespace, console: Console) -> int:
    results = ResultSet(set_path(arguments.set or VERSION))
    if not len(results):
        raise InputError(f"expected results in {results.path}. Received: none")
    records = list(results)
    sections = [*headline(records), *(s for suite in SUITES.values() for s in suite.sections(records))]
    target = arguments.output or arguments.work / f"report-{results.path.stem}.html"
    pictures = Workplace(arguments.work).pictures
    name = results.path.stem
    write_report(
        sections, records, pictures, target, title=f"Benchmarks of {PROGRAM}{'' if name == VERSION else f': {name}'}"
    )
    console.print(f"report: {target}", soft_wrap=True)
    return 0


def _document(arguments: argparse.Namespace, console: Console) -> int:
    changed = write_documents(arguments.set, check=arguments.check)
    for path in changed:
        console.print(f"{'not up to date' if arguments.check else 'written'}: {path.relative_to(ROOT)}")
    return FAILED if changed and arguments.check else 0


def _compare(arguments: argparse.Namespace, console: Console) -> int:
    paths = [set_path(name) for name in (arguments.before, arguments.after)]
    for path in paths:
        if not path.exists():
            raise InputError(f"expected a set of results. Received: {path}, which does not exist")
    remarks, tables = comparison(*(ResultSet(path) for path in paths))
    for remark in remarks:
        console.print(remark, markup=False, highlight=False)
    for table in tables:
        console.print(_rich(table))
    return 0


def _clips(arguments: argparse.Namespace, console: Console) -> int:
    found = {clip.name: clip.path for clip in find_clips(arguments.clips)}
    rows = [
        (clip.name, clip.shows, clip.license, "yes" if clip.name in found else "no")
        for clip in declared_clips().values()
    ]
    console.print(_rich(Table(("clip", "shows", "license", "here"), tuple(rows))))
    return 0


def _rich(table: Table) -> RichTable:
    shown = RichTable()
    for index, column in enumerate(table.columns):
        shown.add_column(column, justify="right" if index else "left", overflow="fold")
    for row in table.rows:
        shown.add_row(*row)
    return shown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
