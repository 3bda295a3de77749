"""The gray stream: one interface, one file for each codec family."""
