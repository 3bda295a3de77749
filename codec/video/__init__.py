"""Video in and out: sources, sinks, pixel formats, and the description of a video."""
