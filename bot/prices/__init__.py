"""Prices: markets, commodities, price reports and what is quoted from them."""
