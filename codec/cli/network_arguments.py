"""Command-line arguments of ``gvc-colorize`` for the choices that networks offer, and for their training."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from codec.networks.declarations import Choice, choice_help

if TYPE_CHECKING:
    from codec.networks.choices import NetworkChoices
    from codec.training.options import TrainingOptions


def add_network_arguments(group: argparse._ArgumentGroup) -> None:
    """Add the options that some networks have. A network that does not have an option refuses it."""
    group.add_argument("--vgg16", metavar="WEIGHTS", help=choice_help(Choice.VGG16))
    group.add_argument("--window", type=int, metavar="N", help=choice_help(Choice.WINDOW))
    group.add_argument("--first-stage", metavar="NAME", help=choice_help(Choice.FIRST_STAGE))
    group.add_argument("--temperature", type=float, metavar="T", help=choice_help(Choice.TEMPERATURE))
    group.add_argument("--no-keep-luma", dest="keep_luma", action="store_false", help=choice_help(Choice.NO_KEEP_LUMA))


def network_choices(arguments: argparse.Namespace) -> NetworkChoices:
    """The network choices that the arguments give."""
    from codec.networks.choices import NetworkChoices

    return NetworkChoices(
        vgg16=arguments.vgg16,
        window=arguments.window,
        first_stage=arguments.first_stage,
        temperature=arguments.temperature,
        keep_luma=arguments.keep_luma,
    )


def training_options(arguments: argparse.Namespace) -> TrainingOptions:
    """The training options that the arguments give. Options that were not given have their defaults."""
    from codec.training.options import TrainingOptions

    names = ("epochs", "train_size", "batch_size", "max_seconds", "seed", "true_share")
    return TrainingOptions(**{name: value for name in names if (value := getattr(arguments, name)) is not None})
