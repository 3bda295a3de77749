"""Pixels and networks: everything in gvc that looks inside a picture.

``encoder`` is the sender and ``decoder`` the receiver; ``jobs`` calls them from path to path; ``cli`` has the commands.
What both sides share stands beside them, from planes to networks: ``video``, ``plane_codecs``, ``hints``, ``lossless``,
``exact``, ``weights``, ``networks``. docs/architecture.md draws it. Bytes and their order are the business of
:mod:`container_format`.
"""
