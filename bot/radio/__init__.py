"""The radio programme: stations, episodes, airings, and what their listeners are sent."""
