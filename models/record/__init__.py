"""What keeps the history honest: its chains, their anchors, their audit, and the one way to forget a person."""
