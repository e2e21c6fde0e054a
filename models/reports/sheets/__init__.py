"""Sheets that the trade keeps, filled from the records: frozen rows, read in pages where there may be many."""
