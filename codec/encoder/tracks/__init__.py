"""How gray and color are carried: the sender's side of what :mod:`codec.decoder.tracks` reads.

A track is a frozen, picklable value: how a video's gray or color is coded. ``begin`` opens a session for one segment,
``add`` takes its frames one by one, and ``finish`` gives what is sent.
"""
