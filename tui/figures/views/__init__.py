"""Ways to look at figures: what is asked of the database, and the answer as a page."""
