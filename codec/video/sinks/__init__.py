"""Where decoded video goes: one class for each kind of output, declared in :mod:`codec.video.sinks.declarations`.

Nothing is imported here, so that the declarations are there at once.
"""
