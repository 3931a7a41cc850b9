"""What came in and what goes out: messages, runs, the inbox, the outbox."""
