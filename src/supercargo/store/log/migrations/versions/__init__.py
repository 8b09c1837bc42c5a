"""How the tables of the log came to be, step by step, forward and back."""
