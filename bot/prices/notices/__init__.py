"""Prices that are sent unasked: alerts, what has moved, the weekly list."""
