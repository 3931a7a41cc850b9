"""Conversations about the line itself: home, settings, consent, proof of a number, what is announced."""
