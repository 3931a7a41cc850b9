"""Lists of operators about problems: offices, officials, categories, holidays."""
