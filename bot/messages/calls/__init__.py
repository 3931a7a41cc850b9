"""Calls: those that are answered, those that we place, and the SMS that stands in for one."""
