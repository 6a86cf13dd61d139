"""Mutation testing: small changes to SQL, Python and policy files, each of which some quick test has to notice."""
