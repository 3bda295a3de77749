"""The benchmark report: one HTML file with everything inside, opened without a server."""
