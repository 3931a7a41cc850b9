"""Officials: who answers for an office, by which links they come in, their list and their pages."""
