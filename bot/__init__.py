"""Phsar: the phone line of rural business in Cambodia."""
