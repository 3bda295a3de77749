"""The files that a video came from, kept beside its pictures so that they come back byte for byte.

A file is its samples and everything else (:mod:`container_format.kept_files`). The sender finds out how a file's
samples became bytes, makes the file again from the picture, and keeps what differs (:mod:`codec.kept_files.keeping`).
The receiver does so with the decoded picture (:mod:`codec.kept_files.restoring`), and compares the file's SHA-256.
"""
