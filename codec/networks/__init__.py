"""Networks that put color on gray: one architecture a file, one interface, what each can do declared once.

Nothing is imported here: declarations must be there at once, and Keras takes seconds.
"""
