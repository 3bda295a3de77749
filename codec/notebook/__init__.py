"""gvc in a Jupyter notebook: an interface to encode, colorize or convert a file to gray, and to compare the result.

::

    from codec.notebook import App
    App("videos/")

It needs ``pip install 'gvc-codec[notebook]'``. Paper 004 (Ramya B N et al., 2025, section 3.5) has such an interface,
with a choice of file, "colorize" or "convert to grayscale", a timer and a frame counter.
"""

from codec.notebook.app import App

__all__ = ["App"]
