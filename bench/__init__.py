"""What the service costs, as ratios against a floor that nobody can go below and bounds that must hold."""
