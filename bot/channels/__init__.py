"""The channels: webhooks of the carrier, and the carrier itself."""
