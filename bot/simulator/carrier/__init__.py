"""What the simulated carrier is: its profile, what it posts to the line, its clock and its troubles."""
