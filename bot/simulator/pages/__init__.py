"""What a browser shows: the phone, its calls, the overview, the switches of trouble."""
