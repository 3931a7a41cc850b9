"""Teaching: examples and spellings that staff give the line, and the weights that are learned of them."""
