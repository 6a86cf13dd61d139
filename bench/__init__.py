"""The benchmark: a whole night against its floor, side by side in one run."""
