"""Broadcasts: one message to many, its segment and forecast, planned into the outbox and followed to its end."""
