"""What staff do with problems: look at words, find an office, merge, reject, and take it back."""
