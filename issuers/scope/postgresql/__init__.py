"""Django's PostgreSQL backend, which says with every statement whose rows it is about."""
