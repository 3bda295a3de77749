"""Makes the network of a colorization from a file of weights, from a stream, or by training on references."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from codec.colorization.options import ColorizeOptions
from codec.errors import InputError, StreamError
from codec.networks.declarations import Role
from codec.networks.interface import Colorizer
from codec.networks.record import has_role, load_colorizer
from codec.networks.registry import trainable_network
from codec.progress import Progress
from codec.references import Reference, colored_by, read_references
from codec.training.examples import ExampleStore
from codec.training.job import train_visibly
from codec.training.runs import RunStore
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Picture, PlaneArray
from codec.video.source import Source
from container_format import UNLIMITED, NetworkRecord, StreamReader
from container_format.records import Color


def make_colorizer(
    source: Source, info: VideoInfo, conversion: ColorConversion, options: ColorizeOptions, progress: Progress
) -> Colorizer:
    """Make the colorizer that the options select.

    Args:
        source: the source of the gray video. It is read once if references belong to frames of it.
        info: the description of the colored video.
        conversion: the color conversion of the colored video.
        options: the options of the colorization.
        progress: receives the progress of the training.

    Raises:
        InputError: a file is missing or has the wrong content.
        StreamError: the stream is damaged.
        TrainingError: the network could not be trained.
    """
    if options.is_stream:
        return _of_stream(str(options.weights), conversion, options.choices.vgg16)
    network = trainable_network(options.architecture)
    if not options.references:
        return network.colorizer_of(options.spec, network.build(options.spec), conversion)
    examples = examples_of(source, info, conversion, options, progress)
    trained = train_visibly(options.spec, examples, options.training, progress)
    return network.colorizer_of(options.spec, trained.model, conversion)


def examples_of(
    source: Source, info: VideoInfo, conversion: ColorConversion, options: ColorizeOptions, progress: Progress
) -> RunStore | ExampleStore:
    """What a network learns from, of the references; for the arguments see :func:`make_colorizer`.

    Raises:
        InputError: a reference is missing or no picture, or belongs to no frame of the video.
    """
    store = _store_of(options, info, conversion)
    for picture in _pictures_of(source, read_references(options.references), info, conversion, progress):
        if isinstance(store, RunStore):
            store.add([store.pixels(picture)])
        else:
            store.add(picture)
    return store


def _of_stream(path: str, conversion: ColorConversion, vgg16: str | None) -> Colorizer:
    try:
        with Path(path).open("rb") as stream:
            reader = StreamReader(stream, limits=UNLIMITED)  # only its network is wanted
            if reader.header.color != Color.MODEL:
                raise InputError(
                    f"expected a stream whose network makes the color alone (gvc-encode --color {Color.MODEL}). "
                    f"Received: {path}, whose color is {reader.header.color}"
                )
            networks = (record for record in reader.records() if isinstance(record, NetworkRecord))
            record = next((network for network in networks if not has_role(network, Role.SAMPLES)), None)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    if record is None:
        raise StreamError(f"expected a network that makes color. Received: {path}, which has none")
    return load_colorizer(record, conversion, vgg16=vgg16)


def _store_of(options: ColorizeOptions, info: VideoInfo, conversion: ColorConversion) -> RunStore | ExampleStore:
    network = trainable_network(options.architecture)
    shape = network.working_shape(options.spec, info.height, info.width)
    if shape is None:
        return ExampleStore(conversion, options.training)
    return RunStore(conversion, shape, network.run_length, options.training)


def _pictures_of(
    source: Source, references: list[Reference], info: VideoInfo, conversion: ColorConversion, progress: Progress
) -> list[Picture]:
    """Convert references to pictures of this video. A reference to a frame gets its gray, others keep theirs."""
    shape = info.height, info.width
    owned: dict[int, PlaneArray] = {}
    free: list[Reference] = []
    for reference in references:
        if reference.frame is not None and reference.rgb_u8.shape[:2] == shape:
            owned[reference.frame] = reference.rgb_u8
        else:
            free.append(reference)
    pictures: list[Picture] = []
    last = max(owned, default=-1)
    progress.start("reading references", last + 1, "frames")
    for index, frame in enumerate(source.frames() if owned else ()):
        if index in owned:
            pictures.append(colored_by(frame.picture, owned.pop(index), conversion))
        progress.advance(index + 1)
        if index >= last:
            break
    if owned:
        raise InputError(f"expected references to frames of the video. Received: one to frame {min(owned) + 1}")
    return pictures + [_fitted(reference, shape, conversion) for reference in free]


def _fitted(reference: Reference, shape: tuple[int, int], conversion: ColorConversion) -> Picture:
    """A reference that does not belong to a frame, scaled to the size of the video."""
    rgb_u8 = cv2.resize(reference.rgb_u8, shape[::-1], interpolation=cv2.INTER_AREA)
    return conversion.picture(np.ascontiguousarray(rgb_u8))
