"""Whom a document is about, told only to those who already know."""
