"""Rows of the witness. It stores leaves only: no badge, no learner, no issuer."""
