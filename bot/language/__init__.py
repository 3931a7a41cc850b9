"""Khmer: folding, numbers, vocabulary, places, understanding, and the wording of answers.

What comes in as text leaves here as a `flows.heard.Heard`; what a conversation wants to say leaves here
as a sentence. Nothing here reads a clock, a database or the network.
"""
