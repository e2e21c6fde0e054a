"""The supervisor's screen: it watches a floor and can change nothing on it."""
