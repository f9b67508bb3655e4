"""Verify a badge with the permanent core alone: no Django, no database, no server of ours."""
