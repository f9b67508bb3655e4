"""The matrix: every task and model, against each wall alone.

canaries    words that nobody can guess, in the rows of two organisations; and where they turn up
world       the two organisations, with rows of every model; making makes them
walls       takes one of the two walls away, or both
damage      whether a row of an organisation was written, and whether rows of two were mixed
probes      every way to ask for rows of a model

docs/tenancy.md says what it shows.
"""
