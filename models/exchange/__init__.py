"""Lists that come in: read, mapped, planned, revealed to the floor, taken back."""
