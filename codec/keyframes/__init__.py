"""Keyframes and shots: which frames to train on, and where segments may end."""
