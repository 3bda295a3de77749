"""Networks: one module for each architecture, one interface, and one declaration of each network's abilities.

This file imports nothing. The declarations must be quick to import, and importing Keras takes seconds.
"""
