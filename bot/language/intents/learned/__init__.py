"""What is learned from examples: features, weights, training, and the referee over them."""
