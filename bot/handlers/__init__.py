"""What follows from each event of a conversation: one handler an event, in the turn's transaction."""
