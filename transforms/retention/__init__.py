"""Which enrollment is kept: the ladders, the schemes against each other, the guard, the evidence and the words."""
