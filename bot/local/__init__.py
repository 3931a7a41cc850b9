"""The local run: everything on this machine, as `make run` starts it."""
