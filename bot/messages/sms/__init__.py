"""SMS that go out: their rows, whether they may go now, sending, and what became of them."""
