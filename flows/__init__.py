"""The conversations. Pure: the standard library and this package only."""
