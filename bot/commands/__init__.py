"""The command line of whoever runs it, brought together: `register` adds every command to Flask's."""
