"""Conversations about the radio programme."""
