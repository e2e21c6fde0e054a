"""What is measured, never tested: each module measures one part and prints a table with the noise of the machine."""
