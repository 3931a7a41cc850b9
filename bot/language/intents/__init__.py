"""What a message wants: the way from a text to a Heard."""
