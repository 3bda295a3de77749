"""Whole jobs, from path to path: what the commands call, and what a Python program may call too.

Each job has a module, so that decoding imports nothing of the sender. An output appears whole or not at all, whatever
goes wrong.
"""
