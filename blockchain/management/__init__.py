"""Commands of the blockchain app."""
