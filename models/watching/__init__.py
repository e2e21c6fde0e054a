"""What the monitor reads: a floor at work, seen by those who watch it and change nothing."""
