"""The archive in which an organisation leaves one installation and arrives at another.

keys      what a passphrase becomes
frames    bytes sealed a piece at a time, so that neither side holds a whole member
manifest  what is in the archive, and whether it is whole

docs/leaving.md describes the format for whoever reads it without us.

Sources: ZIP (APPNOTE 6.3.10); RFC 7914 (scrypt); RFC 5869 (HKDF); RFC 8785 (JCS).
"""
