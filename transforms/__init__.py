"""How the night works, purely: one folder for each room of the house, in the order of the night."""
