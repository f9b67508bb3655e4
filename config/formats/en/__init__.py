"""In English as it is written in Europe, and not in America: see formats."""
