"""`model`: color by a network alone, as in the papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from codec.encoder.modes.mode import check_member, option, options_of
from codec.encoder.modes.parts import EFFORT_HELP, NETWORK_HELP, WITHOUT_TRAINING, MeasuredMode, check_seconds
from codec.errors import InputError
from codec.extras import check_extra
from codec.networks.declarations import Choice, choice_help, color_networks, declared
from codec.training.options import EFFORTS, CompactTraining, EffortLevel, TrainingOptions, compact_training
from container_format.records import Color

if TYPE_CHECKING:
    from codec.encoder.gather import Request
    from codec.encoder.modes.preparation import Preparation
    from codec.encoder.recipe import Prepared
    from codec.encoder.survey import Survey
    from codec.networks.interface import NetworkSpec
    from codec.video.info import VideoInfo


@dataclass(frozen=True, kw_only=True)
class Model(MeasuredMode):
    """Color by a network alone, which is trained on the video's keyframes.

    Attributes:
        network: architecture; a name of :mod:`codec.networks.declarations`.
        effort: time for a network `compact`; None for the usual time. Other networks have ``epochs``.
        vgg16, window, first_stage, temperature: what some networks leave open
            (:class:`codec.networks.choices.NetworkChoices`); None for the network's own.
        references: pictures with the colors that keyframes shall have, or folders of them; see
            :mod:`codec.references`.
        epochs, train_size, batch_size, max_seconds, true_share: of the training
            (:class:`codec.training.options.TrainingOptions`); None for its defaults.
        max_loss_db: chroma PSNR that quantizing the weights may cost on the training examples, in dB; None for 0.1.

    Raises:
        InputError: a value out of its range, or an option that the network does not have.
    """

    color: ClassVar[Color] = Color.MODEL
    summary: ClassVar[str] = "by a network alone"
    trains_on_keyframes: ClassVar[bool] = True

    network: str = option("--network", NETWORK_HELP, metavar="NAME", default="singh2020")
    effort: EffortLevel | None = option("--effort", EFFORT_HELP, metavar="EFFORT", default=None)
    vgg16: str | None = option("--vgg16", choice_help(Choice.VGG16), metavar="WEIGHTS", default=None)
    window: int | None = option("--window", choice_help(Choice.WINDOW), metavar="N", parse=int, default=None)
    first_stage: str | None = option("--first-stage", choice_help(Choice.FIRST_STAGE), metavar="NAME", default=None)
    temperature: float | None = option(
        "--temperature", choice_help(Choice.TEMPERATURE), metavar="T", parse=float, default=None
    )
    references: tuple[str, ...] = option(
        "--reference", "keyframes in the colors that they shall have, by name", metavar="PNG", default=(), is_list=True
    )
    epochs: int | None = option("--epochs", "at most N passes over the keyframes", metavar="N", parse=int, default=None)
    train_size: int | None = option(
        "--train-size", "side of the training pictures, a multiple of 8", metavar="N", parse=int, default=None
    )
    batch_size: int | None = option("--batch-size", "training pictures a step", metavar="N", parse=int, default=None)
    max_seconds: float | None = option(
        "--max-seconds",
        "stop training after about S seconds; rounding the weights comes on top",
        metavar="S",
        parse=float,
        default=None,
    )
    true_share: float | None = option(
        "--true-share", "of the true color in the loss of chaudhri_fang_* (0.8)", metavar="B", parse=float, default=None
    )
    max_loss_db: float | None = option(
        "--max-loss-db", "chroma PSNR that rounding weights may cost (0.1)", metavar="DB", parse=float, default=None
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_seconds(self.max_seconds)
        self._check_network()
        self._check_effort()
        self._check_float_options()
        if self.max_loss_db is not None and not 0 < self.max_loss_db < 100:
            raise InputError(
                f"expected --max-loss-db between 0 and 100. Received: {self.max_loss_db}", option="--max-loss-db"
            )
        _ = self.training, self.spec  # each refuses values that it does not have

    def _check_network(self) -> None:
        known = {network.name for network in color_networks() if network.makes_color_alone}
        if self.network not in known:
            sent = (network.name for network in color_networks() if network.makes_color_alone and network.may_be_sent)
            check_member("--network", self.network, tuple(sent))
        if not declared(self.network).may_be_sent:
            raise InputError(
                f"expected a network that fits in a stream. Received: {self.network}, whose weights are never carried "
                "(gvc-colorize takes it)",
                option="--network",
            )

    def _check_effort(self) -> None:
        if self.effort is None:
            return
        if declared(self.network).has_float_weights:
            raise InputError(
                f"expected --epochs or --max-seconds with --network {self.network}. Received: --effort {self.effort}",
                option="--effort",
            )
        check_member("--effort", self.effort, tuple(EFFORTS))
        object.__setattr__(self, "effort", EffortLevel(self.effort))  # a plain word is taken, too

    def _check_float_options(self) -> None:
        """Options of the training of networks of floats are for those alone."""
        if declared(self.network).has_float_weights:
            return
        for name in ("epochs", "train_size", "batch_size", "true_share", "max_loss_db"):
            if getattr(self, name) is not None:
                flag = options_of(Model)[name].flag
                raise InputError(
                    f"expected {flag} with a network that is trained in epochs. Received: it with {self.network}",
                    option=flag,
                )

    @property
    def training(self) -> TrainingOptions:
        """How a network of floats is trained."""
        names = ("epochs", "train_size", "batch_size", "max_seconds", "true_share")
        given = {name: value for name in names if (value := getattr(self, name)) is not None}
        return TrainingOptions(seed=self.shared.seed, **given)

    def compact_training(self) -> CompactTraining:
        """How long to train a network `compact`."""
        return compact_training(self.effort or EffortLevel.DEFAULT, self.max_seconds, self.shared.seed)

    @property
    def spec(self) -> NetworkSpec:
        """The network with its choices."""
        from codec.networks.choices import NetworkChoices

        choices = NetworkChoices(
            vgg16=self.vgg16, window=self.window, first_stage=self.first_stage, temperature=self.temperature
        )
        return choices.spec(self.network)

    @property
    def keyframe_every(self) -> int:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        return self.shared.keyframe_every or declared(self.network).keyframe_every

    @property
    def may_use_network(self) -> bool:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        return True

    def check(self, info: VideoInfo) -> None:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        if self.shared.playable and declared(self.network).has_float_weights:
            raise InputError(
                f"expected --network compact with --playable. Received: {self.network}, which the page does not have",
                option="--network",
            )
        check_extra(f"--color {self.color} trains a network", instead=WITHOUT_TRAINING)
        from codec.encoder.keyframe_training import check_model

        super().check(info)
        check_model(self, info)

    def request(self, survey: Survey, info: VideoInfo) -> Request:
        """The keyframes, and runs for the choice of the gray's codec."""
        from codec.encoder.gather import Request, runs_for_gray
        from codec.encoder.keyframe_training import KeyframeTrainer

        return Request(runs_for_gray(survey, self.luma), training=KeyframeTrainer(self, info, survey))

    def prepare(self, preparation: Preparation) -> Prepared:
        """Choose the gray's codec, and train the network."""
        from codec.encoder.keyframe_training import prepare_model

        return prepare_model(self, preparation)
