"""The outside world as every app may ask it: one bounded question, and nothing of what it means."""
