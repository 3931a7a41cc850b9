"""The public board of problems: what stands on it, its figures and pictures, and Open311."""
