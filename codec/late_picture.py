"""Pictures whose gray is decoded, and whose color is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from codec.video.picture import Picture, PlaneArray


class LatePicture:
    """A picture of a segment. Its color is made once, when it is asked for; most never are, in random access.

    Not for several threads at once.

    Args:
        luma: the gray plane, (height, width).
        make: makes the picture with exactly this gray, and without alpha.
        color_bytes: of the two chroma planes, once they are made.

    Attributes:
        luma: the gray plane.
        alpha: (height, width); None if there is none, or it is not wanted. To be set before the picture is asked for.
    """

    def __init__(self, luma: PlaneArray, make: Callable[[], Picture], color_bytes: int) -> None:
        self.luma = luma
        self.alpha: PlaneArray | None = None
        self._color: Picture | Callable[[], Picture] = make
        self._color_bytes = color_bytes

    @classmethod
    def of(cls, picture: Picture | LatePicture) -> LatePicture:
        """One whose color is there already, of a picture; a late one as it is."""
        if isinstance(picture, LatePicture):
            return picture
        late = cls(picture.luma, lambda: picture, sum(plane.nbytes for plane in picture.chroma or ()))
        late._color = picture
        return late

    @property
    def is_made(self) -> bool:
        """Whether the color is there."""
        return isinstance(self._color, Picture)

    @property
    def num_bytes(self) -> int:
        """Of the whole picture, whether or not its color is there."""
        return self.luma.nbytes + self._color_bytes + (0 if self.alpha is None else self.alpha.nbytes)

    def picture(self) -> Picture:
        """The picture, whose color is made now if it was not made before."""
        if not isinstance(self._color, Picture):
            self._color = self._color()  # what that refers to, hints and the gray of a batch, is not needed any more
        return self._color if self.alpha is None else replace(self._color, alpha=self.alpha)
