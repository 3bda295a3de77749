"""Pixels and networks: everything in gvc that looks inside a picture.

The folders follow the data: ``video`` (sources and sinks), ``keyframes``, ``luma``, ``networks``,
``entropy``, ``training``, ``metrics``. ``encoder`` and ``decoder`` are the two pipelines, ``cli`` the
commands. Bytes and their order are the business of :mod:`container_format`.
"""
