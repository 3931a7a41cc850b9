"""Calls between the phones and the line: its REST, documents, the switchboard, sounds, the terminal."""
