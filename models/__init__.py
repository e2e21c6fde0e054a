"""The memory of callfloor: what the floor knows, and every command that changes it."""
