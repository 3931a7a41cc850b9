"""What came in: messages and their answers, saved runs, the spool, recordings, the inbox of staff."""
