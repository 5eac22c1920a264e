"""Commands of the build: catalogues, checks and the environment. The running product imports none of it."""
