"""Conversations about problems: raising one, following it, the desk of an office."""
