"""The tests of callfloor."""
