"""``gvc-colorize``: colorizes gray videos and pictures that gvc did not encode."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codec.cli.input_arguments import add_input_arguments, source_options
from codec.cli.network_arguments import add_network_arguments, network_choices, training_options
from codec.cli.output_arguments import add_output_arguments, print_speed, sink_options
from codec.cli.printing import CommandParser, NotePrinter, print_json, print_message
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, add_common_arguments, run
from codec.errors import UsageError
from codec.extras import check_extra
from codec.networks.declarations import color_networks
from codec.video.sinks.declarations import outputs_help

if TYPE_CHECKING:
    from codec.colorization import ColorizeOptions

_COMMAND = "gvc-colorize"
_EXAMPLES = """\
examples:
  gvc-colorize gray.mp4 out.mp4 --network zhang2016 --weights colorization_release_v2.caffemodel
  gvc-colorize gray.png out.png --weights colorization_release_v2.caffemodel
  gvc-colorize gray.mp4 --export-keyframes keyframes/           (then color some of them in a paint program)
  gvc-colorize gray.mp4 out.mp4 --reference keyframes/
  gvc-colorize gray.mp4 out.gvc --reference keyframes/      (to send: the exact gray, and the network that colors it)
  gvc-colorize gray.mp4 out.mp4 --weights other_video.gvc       (the network of another video of the same things)
  gvc-colorize color.mp4 gray.mp4 --to-gray

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: the command-line arguments without the program's name; None for those of the process.
    """
    parser = command_parser()
    options = parser.parse_args(arguments)
    if (options.output is None) == (options.export_keyframes is None):
        parser.error("expected an output, or --export-keyframes DIR without one")
    is_stream = options.output is not None and Path(options.output).suffix.lower() == ".gvc"
    action = _export if options.output is None else _send if is_stream else _colorize
    return run(_COMMAND, lambda: action(options), debug=options.debug, quiet=options.quiet)


def command_parser() -> argparse.ArgumentParser:
    """The command's parser, which is also what completion and man pages are made from."""
    parser = CommandParser(
        prog=_COMMAND,
        description="Put color on gray video or pictures: by a network that others trained, or one that learns from "
        "pictures in the right colors. Every pixel keeps its gray, sound its time.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", help="video file, picture, folder or pattern of images, raw video, y4m, or -")
    parser.add_argument("output", nargs="?", help=f"NAME.png for a picture, NAME.gvc to send it, {outputs_help()}")
    parser.add_argument("-y", "--overwrite", action="store_true", help="replace the output if it exists")
    parser.add_argument("--to-gray", action="store_true", help="the reverse: leave the color out")
    parser.add_argument(
        "--export-keyframes", metavar="DIR", help="write the frames that are worth coloring by hand, and end"
    )
    parser.add_argument(
        "--keyframe-every", type=int, default=30, metavar="N", help="export every Nth frame of a cluster (30)"
    )
    _add_color_arguments(parser)
    add_output_arguments(parser, pixel_format=["--output-pix-fmt"], file_format=["--output-format"])
    add_input_arguments(parser)
    add_common_arguments(parser)
    return parser


def _add_color_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("color")
    group.add_argument(
        "--network",
        metavar="NAME",
        help="zhang2016 (default with --weights), or to learn from references: "
        + ", ".join(network.name for network in color_networks() if network.has_float_weights and network.may_be_sent)
        + " (singh2020)",
    )
    group.add_argument(
        "--weights", metavar="FILE", help="of zhang2016: .caffemodel, .onnx or .npz; or a .gvc, whose network is used"
    )
    group.add_argument(
        "--reference",
        nargs="+",
        default=(),
        metavar="PNG",
        help="pictures in the right colors, or a folder of them; frame_000123.png belongs to frame 123, whose gray is "
        "taken from the video",
    )
    add_network_arguments(group)
    group.add_argument(
        "--stabilize", action="store_true", help="average the color of consecutive frames along the motion"
    )
    training = parser.add_argument_group("training on references")
    training.add_argument("--epochs", type=int, metavar="N", help="at most N passes over the references")
    training.add_argument("--train-size", type=int, metavar="N", help="side of singh2020's training pictures")
    training.add_argument("--batch-size", type=int, metavar="N", help="training pictures a step")
    training.add_argument("--max-seconds", type=float, metavar="S", help="stop training after about S seconds")
    training.add_argument("--seed", type=int, metavar="N", help="of everything random (0)")
    training.add_argument(
        "--true-share", type=float, metavar="B", help="of the true color in the loss of chaudhri_fang_* (0.8)"
    )


def _colorize(arguments: argparse.Namespace) -> int:
    # These imports are slow. They are here so that --help and usage errors appear at once.
    check_extra(f"{_COMMAND} colors with networks")
    from codec.cli.progress import progress_for
    from codec.jobs.colorize import colorize_file
    from codec.report import as_json

    options = _options(arguments)
    progress = progress_for(_COMMAND, quiet=arguments.quiet or arguments.json)
    notes = NotePrinter(_COMMAND, quiet=arguments.quiet or arguments.json)
    try:
        report = colorize_file(
            arguments.input,
            arguments.output,
            options,
            source_options=source_options(arguments),
            sink_options=sink_options(arguments),
            max_frames=arguments.frames,
            on_notes=notes,
            progress=progress,
        )
    finally:
        progress.finish()
    if arguments.json:
        print_json(as_json(report), to_stderr=arguments.output == "-")
    elif not arguments.quiet:
        notes(report.notes)
        print_speed(report)
    return EXIT_OK


def _options(arguments: argparse.Namespace) -> ColorizeOptions:
    from codec.colorization import ColorizeOptions

    return ColorizeOptions(
        network=arguments.network,
        weights=arguments.weights,
        references=tuple(arguments.reference),
        choices=network_choices(arguments),
        training=training_options(arguments),
        stabilize=arguments.stabilize,
        to_gray=arguments.to_gray,
    )


def _send(arguments: argparse.Namespace) -> int:
    check_extra(f"{_COMMAND} colors with networks")
    from codec.cli.progress import progress_for
    from codec.cli.tables import print_summary
    from codec.jobs.colorize import send_colored
    from codec.report import as_json

    for name in ("codec", "crf", "preset", "output_pix_fmt", "output_format"):
        if getattr(arguments, name) is not None:
            flag = f"--{name.replace('_', '-')}"
            raise UsageError(f"expected {flag} with a video as output. Received: it with .gvc", option=flag)
    progress = progress_for(_COMMAND, quiet=arguments.quiet or arguments.json)
    notes = NotePrinter(_COMMAND, quiet=arguments.quiet or arguments.json)
    try:
        report = send_colored(
            arguments.input,
            arguments.output,
            _options(arguments),
            source_options=source_options(arguments),
            max_frames=arguments.frames,
            overwrite=arguments.overwrite,
            on_notes=notes,
            progress=progress,
        )
    finally:
        progress.finish()
    if arguments.json:
        print_json(as_json(report))
    else:
        notes(report.notes)
        if not arguments.quiet:
            print_summary(report)
    return EXIT_OK


def _export(arguments: argparse.Namespace) -> int:
    check_extra("--export-keyframes clusters the frames")
    from codec.cli.progress import progress_for
    from codec.jobs.colorize import export_keyframes

    progress = progress_for(_COMMAND, quiet=arguments.quiet or arguments.json)
    try:
        count = export_keyframes(
            arguments.input,
            arguments.export_keyframes,
            every=arguments.keyframe_every,
            source_options=source_options(arguments),
            max_frames=arguments.frames,
            progress=progress,
        )
    finally:
        progress.finish()
    if arguments.json:
        print_json({"event": "exported", "output": arguments.export_keyframes, "frames": count})
    elif not arguments.quiet:
        print_message(f"{arguments.export_keyframes}: {count} keyframes")
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
