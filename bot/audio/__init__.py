"""Audio: the recorded clips of the line, from the studio to the carrier."""
