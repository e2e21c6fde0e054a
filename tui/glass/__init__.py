"""The glass desk: an agent's screen as text, for a supervisor who is let in by the desk itself."""
