"""The page that plays streams in a browser, from the side of Python: its tables, its parts that are built, its server.

The page itself is in ``web/`` of a checkout, and in ``codec/page/static`` of an installed package.
"""
