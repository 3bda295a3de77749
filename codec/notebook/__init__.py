"""gvc in a Jupyter notebook: choose a file, encode it, color it or make it gray, and look at both sides of a slider.

::

    from codec.notebook import App
    App("videos/")

Needs ``pip install 'gvc[notebook]'``. Paper 004 (Ramya B N et al., 2025, section 3.5) has such an interface: a choice
of file, "colorize" or "convert to grayscale", a timer and a frame counter.
"""

from codec.notebook.app import App

__all__ = ["App"]
