"""How a credential is witnessed: the tree and the proof that leads from it to a chain."""
