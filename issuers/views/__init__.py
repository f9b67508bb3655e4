"""The doors of an issuer: what the world reads of it, and the console of its people."""
