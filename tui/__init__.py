"""The quick face of the floor: screens, widgets, keys, words, and the command line."""
