"""The staff's pages: a second face of the use cases that the rooms own. Decides nothing by itself."""
