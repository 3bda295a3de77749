"""The choices before a recipe is made: plane codecs, hints and networks are tried on a few runs of frames."""
