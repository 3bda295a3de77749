"""Networks that put color on gray: one architecture a file, one interface, a registry."""
