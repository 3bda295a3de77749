"""What a user could pick instead of gvc, and gvc in its modes: a file each, behind one interface."""
