"""What the documents say: the table as attrs classes, and everything that is derived from it."""
