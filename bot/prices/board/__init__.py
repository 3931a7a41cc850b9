"""The public page of prices: what stands on it and its addresses."""
