"""What is tried before a recipe is written: plane codecs, hints, and networks, on a few runs of frames."""
