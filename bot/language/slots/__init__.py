"""What a message names: amounts, days, goods, places, codes."""
