"""The version of the program, and the name by which it signs streams and reports."""

VERSION = "0.1.0"
PROGRAM = f"gvc {VERSION}"
