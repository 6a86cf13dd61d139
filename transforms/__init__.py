"""How the night works, purely: SQL and Python by topic, one folder for each; flows/steps.py has them in the order of the night."""
