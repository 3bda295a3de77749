"""An encode that goes on where an earlier run of it was ended.

What a run has found out and coded is kept in a work folder beside the output, in pieces: the survey, the recipe with
its trained networks, coded hints, and each segment as soon as it is coded. The next run takes them from there.

values    values of known types <-> bytes, which never become code
kept      the pieces of one encode
"""

from codec.encoder.resume.kept import KeptWork

__all__ = ["KeptWork"]
