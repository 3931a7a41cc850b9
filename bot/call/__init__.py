"""Calls: one step after the other of the same conversations, by keys or spoken words, answered with what is heard."""
