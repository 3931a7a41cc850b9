"""What letters are: folding, masking, likeness, and the parts of an SMS."""
