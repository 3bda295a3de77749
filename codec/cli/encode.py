"""``gvc-encode``: encodes a video to a ``.gvc`` stream."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from codec.cli.cluster_arguments import add_cluster_arguments, open_cluster
from codec.cli.input_arguments import add_input_arguments, source_options
from codec.cli.limit_arguments import add_size_arguments
from codec.cli.live import add_live_arguments, check_not_live, encode_live_command
from codec.cli.mode_arguments import add_mode_arguments, mode_of
from codec.cli.printing import CommandParser, NotePrinter, print_json, print_message
from codec.cli.resume_arguments import add_resume_arguments
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, add_common_arguments, run
from codec.cli.selection_arguments import add_span_arguments, selection_of
from codec.cli.worker_arguments import add_worker_arguments, workers

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster
    from codec.report import EncodeReport

_COMMAND = "gvc-encode"
_EXAMPLES = """\
examples:
  gvc-encode in.mp4 out.gvc
  gvc-encode in.raw out.gvc --size 256x256 --fps 24 --pix-fmt rgb24
  gvc-encode clip_256x256_24fps_rgb24.raw out.gvc --color model --luma raw   (the papers' setting)
  gvc-encode 'frames/*.png' out.gvc --fps 12 --luma x265:crf=23,preset=slow
  gvc-encode scan/ out.gvc --color lossless --keep-files   (every DPX, TIFF or PNG file, byte for byte)
  gvc-encode in.y4m - | gvc-decode - out.y4m
  gvc-encode --live /dev/video0 'tcp://:9000?listen'   (gvc-decode tcp://HOST:9000 - shows it)
  gvc-encode *.mp4 out/                       (out/NAME.gvc of each, and a table at the end)

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    options = command_parser().parse_args(arguments)
    action = _encode_live if options.live else _encode_many if len(options.input) > 1 else _encode_one
    return run(_COMMAND, lambda: action(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Send a video as its exact gray plus a small network, trained on it, that puts the color back.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "input", nargs="+", help="video file, folder or pattern of images, raw video, y4m, or - for a pipe"
    )
    parser.add_argument(
        "output", help="the .gvc file, or - for a pipe; of several inputs, a folder for NAME.gvc of each"
    )
    parser.add_argument("-y", "--overwrite", action="store_true", help="replace the output if it exists")
    parser.add_argument("--verify", action="store_true", help="decode the result before it gets its name")
    parser.add_argument(
        "--source-md5", action="store_true", help="send the MD5 of the source's frames along, for gvc-verify"
    )
    parser.add_argument(
        "--keep-files",
        action="store_true",
        help="keep what restores the input's files byte for byte: images, y4m, raw; with --color lossless",
    )
    add_live_arguments(parser)
    add_resume_arguments(parser)
    add_size_arguments(parser)
    add_worker_arguments(parser)
    add_cluster_arguments(parser, work="coded", shares_input=True)
    add_input_arguments(parser)
    add_span_arguments(parser.add_argument_group("a part of it", "sound and subtitles are cut with it"))
    add_mode_arguments(parser)
    add_common_arguments(parser)
    return parser


def _encode_live(arguments: argparse.Namespace) -> int:
    return encode_live_command(arguments, _COMMAND, mode_of(arguments))


def _encode_one(arguments: argparse.Namespace) -> int:
    (input_path,) = arguments.input
    with open_cluster(arguments, _COMMAND) as cluster:
        report = _encode(arguments, input_path, arguments.output, cluster)
    if not (arguments.json or arguments.quiet):
        from codec.cli.tables import print_summary

        print_summary(report)
    return EXIT_OK


def _encode_many(arguments: argparse.Namespace) -> int:
    from codec.cli.many import make_folder, outputs_of, run_many
    from codec.cli.tables import print_batch

    may_exist = arguments.overwrite or arguments.resume
    outputs = outputs_of(arguments.input, arguments.output, suffix=".gvc", overwrite=may_exist)
    mode_of(arguments)  # what is wrong with the options is said once
    make_folder(arguments.output)
    is_silent = arguments.json or arguments.quiet
    if arguments.resume:
        outputs = _unfinished(outputs, is_silent=is_silent)
    with open_cluster(arguments, _COMMAND) as cluster:
        results, code = run_many(
            _COMMAND, outputs, lambda source, target: _encode(arguments, source, target, cluster), is_silent=is_silent
        )
    if results and not is_silent:
        print_batch(results)
    return code


def _unfinished(outputs: dict[str, str], *, is_silent: bool) -> dict[str, str]:
    """The inputs whose outputs are not whole, with these."""
    from codec.jobs.resume import clean, is_finished

    finished = [path for path, output in outputs.items() if is_finished(path, output)]
    for path in finished:
        clean(outputs[path])  # of a run that was ended between the last two steps
    if finished and not is_silent:
        print_message(f"{_COMMAND}: {len(finished)} of {len(outputs)} outputs are whole already")
    return {path: output for path, output in outputs.items() if path not in finished}


def _encode(arguments: argparse.Namespace, input_path: str, output_path: str, cluster: Cluster | None) -> EncodeReport:
    # These imports are slow. They are here so that --help and usage errors appear at once.
    from codec.cli.progress import progress_for
    from codec.jobs.encode import encode_file
    from codec.report import as_json

    check_not_live(arguments)
    mode = mode_of(arguments)
    progress = progress_for(_COMMAND, quiet=arguments.quiet or arguments.json)
    notes = NotePrinter(_COMMAND, quiet=arguments.quiet or arguments.json)
    try:
        report = encode_file(
            input_path,
            output_path,
            mode,
            source_options=source_options(arguments),
            max_frames=arguments.frames,
            selection=selection_of(arguments),
            overwrite=arguments.overwrite,
            verify=arguments.verify,
            source_md5=arguments.source_md5,
            keep_files=arguments.keep_files,
            max_bytes=arguments.max_bytes,
            must_save=arguments.must_save,
            workers=workers(arguments),
            resume=arguments.resume,
            cluster=cluster,
            shared_path=arguments.shared_path,
            on_notes=notes,
            progress=progress,
        )
    finally:
        progress.finish()
    if arguments.json:
        print_json(as_json(report), to_stderr=output_path == "-")
    else:
        notes(report.notes)
    return report


if __name__ == "__main__":
    sys.exit(main())
