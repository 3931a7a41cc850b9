"""How the line speaks: catalogues, wording, numbers, clips."""
