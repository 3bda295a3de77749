"""Adaptive planes: exact samples without a network, from what is decoded already.

Each sample is predicted by weights that least squares fits, tile by tile, to samples that are decoded already, and its
difference from the prediction is coded bit by bit, with probabilities that are learned on the way. So nothing is sent
but the differences, and both sides do the same work.

Reading order: :mod:`.coder` (planes of pictures), :mod:`.features` (the neighbors), :mod:`.reference` (how a sample
is coded), :mod:`.least_squares`, :mod:`.mixing`, :mod:`.bits`. The native library does the work
(:mod:`codec.native.adaptive`); the code here is its reference, and takes minutes for a picture.
"""
