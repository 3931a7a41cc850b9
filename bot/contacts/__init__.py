"""People: who they are to the line, and what they agreed to."""
