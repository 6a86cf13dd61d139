"""When and where: the command line, the nightly flow, and all that touches files, the clock and the environment."""
