"""How a credential is sealed and checked: canonical form, proof, status, verification."""
