"""The environment: how its values are read, and what is refused because it could not work or would not be safe."""
