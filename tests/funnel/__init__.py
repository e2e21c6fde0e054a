"""The heart, tested without a database, a screen or a clock."""
