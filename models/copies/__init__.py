"""A floor as a whole: backups made, proved and put back, and a floor carried to another database."""
