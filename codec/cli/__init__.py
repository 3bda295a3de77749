"""The command-line programs. They parse arguments, call the library and print the results."""
