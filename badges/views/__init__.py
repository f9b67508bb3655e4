"""The doors of what can be earned: for the world, and for the people who offer it."""
