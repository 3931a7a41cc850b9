"""Conversations about prices: asking, reporting, alerts, the weekly list."""
