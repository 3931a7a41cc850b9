"""What words there are: the vocabulary, the places, and how a message is cut into them."""
