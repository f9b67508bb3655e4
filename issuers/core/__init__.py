"""How an issuer speaks: its profile, its name on the web, its keys."""
