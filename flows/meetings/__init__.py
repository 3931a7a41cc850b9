"""Conversations about groups and their meetings, and what members are told."""
