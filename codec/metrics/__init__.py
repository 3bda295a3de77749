"""The only quality metrics in the project."""
