"""The outside world as every app may ask it: one bounded GET, and nothing of what it means."""
