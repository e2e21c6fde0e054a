"""How a lead is found: the terms it is catalogued by, the candidates for what was typed, and the answer."""
