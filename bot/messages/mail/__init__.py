"""E-mail that goes out: its rows and sending it."""
