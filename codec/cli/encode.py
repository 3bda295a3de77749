"""``gvc-encode``: a video to a ``.gvc`` stream."""

from __future__ import annotations

import argparse
import sys

from codec.cli.input_arguments import add_input_arguments, source_options
from codec.cli.network_arguments import add_network_arguments, network_choices, training_options
from codec.cli.run import EXIT_CODE_HELP, EXIT_OK, add_common_arguments, print_json, print_notes, run

_COMMAND = "gvc-encode"
_EXAMPLES = """\
examples:
  gvc-encode in.mp4 out.gvc
  gvc-encode in.raw out.gvc --size 256x256 --fps 24 --pix-fmt rgb24
  gvc-encode clip_256x256_24fps_rgb24.raw out.gvc --color model --luma raw   (the papers' setting)
  gvc-encode 'frames/*.png' out.gvc --fps 12 --luma x265:crf=23,preset=slow
  gvc-encode in.y4m - | gvc-decode - out.y4m

"""


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    options = _parser().parse_args(arguments)
    return run(_COMMAND, lambda: _encode(options), debug=options.debug)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_COMMAND,
        description="Send a video as its exact gray plus a small network, trained on it, that puts the color back.",
        epilog=_EXAMPLES + EXIT_CODE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", help="video file, folder or pattern of images, raw video, y4m, or - for a pipe")
    parser.add_argument("output", help="the .gvc file, or - for a pipe")
    parser.add_argument("-y", "--overwrite", action="store_true", help="replace the output if it exists")
    parser.add_argument("--verify", action="store_true", help="decode the result before it gets its name")
    add_input_arguments(parser)
    _add_coding_arguments(parser)
    _add_training_arguments(parser)
    add_common_arguments(parser)
    return parser


def _add_coding_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("coding")
    group.add_argument(
        "--color",
        default="guided",
        help="how color is sent: guided = by a network and a coarse chroma stream, the hints (default), "
        "lossless = every bit of it, model = by the network alone, coded = by the hints alone, none = not at all",
    )
    group.add_argument(
        "--color-target",
        metavar="TARGET",
        help="how good guided color shall be: ciede=MEAN,p95=VALUE in CIEDE2000 units, or psnr=DB of the chroma "
        "(default: ciede=1,p95=2.5, where hardly anyone sees a difference)",
    )
    group.add_argument(
        "--max-error",
        type=int,
        default=0,
        metavar="N",
        help="with --color lossless: let chroma samples be off by up to N code values, 0 to 4 (0)",
    )
    group.add_argument(
        "--chroma",
        default="auto",
        metavar="CODEC",
        help="with --color lossless: what the chroma goes through: network, or x264 or ffv1, which are fast, "
        "or joint = with the gray in one picture, by the gray's codec (default: auto = the smallest)",
    )
    group.add_argument(
        "--effort",
        default="default",
        help="time for hints and networks: fast, default (under a minute) or best; none with --color lossless",
    )
    group.add_argument(
        "--hints",
        metavar="SCALE:CODEC:OPTIONS",
        help="code the hints this way, such as 2:svtav1:crf=40, and do not look for the cheapest",
    )
    group.add_argument(
        "--network",
        metavar="NAME",
        help="compact (default), or with --color model singh2020 (default there), chaudhri_fang_alexnet, "
        "chaudhri_fang_vgg16, colornn or colornn_consistent",
    )
    add_network_arguments(group)
    group.add_argument(
        "--reference",
        nargs="+",
        default=(),
        metavar="PNG",
        help="keyframes in the colors that they shall have, by name",
    )
    group.add_argument("--export-keyframes", metavar="DIR", help="write the keyframes as PNG files, to be recolored")
    group.add_argument(
        "--luma",
        default="auto",
        metavar="CODEC[:OPTION=VALUE,...]",
        help="gray stream: auto, x264, x265, ffv1, zstd, raw or network, all lossless; svtav1, x265:crf=23, "
        "x264:crf=18,preset=slow, ... are not (default: auto = the smaller of lossless x264 and ffv1; with "
        "--color lossless also of network, which is slow)",
    )
    group.add_argument(
        "--keyframe-every", type=int, metavar="N", help="train on every Nth frame of a cluster (8, singh2020 30)"
    )
    group.add_argument("--max-keyframes", type=int, default=256, metavar="N", help="at most N keyframes (256)")
    group.add_argument("--segment-frames", type=int, default=240, metavar="N", help="longest segment, in frames (240)")
    group.add_argument("--quality-frames", type=int, default=48, metavar="N", help="measure color on N frames (48)")


def _add_training_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("training", "of --color model; --max-seconds and --seed are for compact too")
    group.add_argument("--epochs", type=int, metavar="N", help="at most N passes over the keyframes")
    group.add_argument("--train-size", type=int, metavar="N", help="side of the training pictures, a multiple of 8")
    group.add_argument("--batch-size", type=int, metavar="N", help="training pictures a step")
    group.add_argument(
        "--max-seconds",
        type=float,
        metavar="S",
        help="stop training after about S seconds; rounding the weights comes on top",
    )
    group.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random (0)")
    group.add_argument(
        "--max-loss-db", type=float, default=0.1, metavar="DB", help="chroma PSNR that rounding weights may cost (0.1)"
    )
    group.add_argument(
        "--true-share", type=float, metavar="B", help="of the true color in the loss of chaudhri_fang_* (0.8)"
    )


def _encode(arguments: argparse.Namespace) -> int:
    # Imported here, so that --help and wrong usage are answered at once.
    from codec.cli.progress_bar import progress_for
    from codec.color_target import DEFAULT_TARGET, ColorTarget
    from codec.hints.coder import HintSettings
    from codec.jobs import encode_file
    from codec.options import EncodeOptions
    from codec.plane_codecs import PlaneCodecSpec
    from codec.report import as_json

    options = EncodeOptions(
        color=arguments.color,
        network=arguments.network,
        target=DEFAULT_TARGET if arguments.color_target is None else ColorTarget.parse(arguments.color_target),
        hints=None if arguments.hints is None else HintSettings.parse(arguments.hints),
        max_error=arguments.max_error,
        chroma=arguments.chroma,
        choices=network_choices(arguments),
        references=tuple(arguments.reference),
        export_keyframes=arguments.export_keyframes,
        effort=arguments.effort,
        luma=PlaneCodecSpec.parse(arguments.luma),
        training=training_options(arguments),
        keyframe_every=arguments.keyframe_every,
        max_keyframes=arguments.max_keyframes,
        segment_frames=arguments.segment_frames,
        max_loss_db=arguments.max_loss_db,
        quality_frames=arguments.quality_frames,
    )
    progress = progress_for(quiet=arguments.quiet or arguments.json)
    try:
        report = encode_file(
            arguments.input,
            arguments.output,
            options,
            source_options=source_options(arguments),
            max_frames=arguments.frames,
            overwrite=arguments.overwrite,
            verify=arguments.verify,
            progress=progress,
        )
    finally:
        progress.finish()
    if arguments.json:
        print_json(as_json(report), to_stderr=arguments.output == "-")
    elif not arguments.quiet:
        from codec.cli.tables import print_summary

        print_notes(_COMMAND, report.notes)
        print_summary(report)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
