"""What networks leave open, as arguments of several commands."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codec.networks.choices import NetworkChoices
    from codec.training.options import TrainingOptions


def add_network_arguments(group: argparse._ArgumentGroup) -> None:
    """Options of networks that have them; others refuse them."""
    group.add_argument(
        "--vgg16",
        metavar="WEIGHTS",
        help="of networks that stand on VGG16: random (default), which needs no file, imagenet, or a file",
    )
    group.add_argument("--window", type=int, metavar="N", help="frames before that a network is given (1)")
    group.add_argument(
        "--first-stage", metavar="NAME", help="what colors the inputs of chaudhri_fang_*: singh2020 (default) or none"
    )
    group.add_argument(
        "--temperature",
        type=float,
        metavar="T",
        help="of color classes: 1 is their mean (default of colornn), less is livelier (zhang2016: 0.38)",
    )


def network_choices(arguments: argparse.Namespace) -> NetworkChoices:
    """The choices that were made."""
    from codec.networks.choices import NetworkChoices

    return NetworkChoices(
        vgg16=arguments.vgg16,
        window=arguments.window,
        first_stage=arguments.first_stage,
        temperature=arguments.temperature,
        keep_luma=getattr(arguments, "keep_luma", True),
    )


def training_options(arguments: argparse.Namespace) -> TrainingOptions:
    """What was said of training; the rest as by default."""
    from codec.training.options import TrainingOptions

    names = ("epochs", "train_size", "batch_size", "max_seconds", "seed", "true_share")
    return TrainingOptions(**{name: value for name in names if (value := getattr(arguments, name)) is not None})
