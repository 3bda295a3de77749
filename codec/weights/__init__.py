"""A network's weights as whole numbers times a step, and those as few bytes. No Keras here."""
