"""Texts between the phones and the line: its REST, what became of each, the answers."""
