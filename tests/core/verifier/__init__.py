"""The command that verifies without Django and without us."""
