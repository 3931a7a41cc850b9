"""The daily digest of an office: what it counts, its SMS and its e-mail."""
