"""Streams cut at the borders of their segments, and joined, without decoding: packets and networks stay as they are.

A segment decodes by itself, so that only its number and its times change. :mod:`codec.splicing.span` says which
segments hold a part, :mod:`codec.splicing.cut` writes them, and :mod:`codec.splicing.join` writes those of several
streams, which :mod:`codec.splicing.agreement` has compared.
"""
