"""The sender: source -> keyframes -> hints -> training -> network, and source -> gray -> container.

The video is read several times, each time front to back in bounded memory. What is kept between the passes is a few
numbers a frame, a bounded store of training samples, and the coded hints on disk. The modules in the order of the
data:

    plan          every frame is looked at: keyframes and segments
    collection    samples of the keyframes, and a probe of a few runs of frames
    probe         on these: how coarse the hints, and whether with a network (guidance: how that is judged)
    hint_pass     the hints of every segment are coded
    guided        the network is trained on them, and hints that are not good enough are coded anew (aim: with what)
    coding        gray is coded, color is checked, everything is written
    summary       the report
"""

from codec.encoder.pipeline import encode

__all__ = ["encode"]
