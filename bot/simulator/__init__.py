"""A carrier with phones on a page: a small web app and process of its own, for development and tests.

Speaks to the line only as a carrier does, by signed webhooks and the REST interface. The line knows
nothing of it, and it knows nothing of the line.
"""
