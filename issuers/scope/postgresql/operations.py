"""Where Django finds the compilers."""

from django.db.backends.postgresql import operations


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, with our compilers."""

    compiler_module = "issuers.scope.postgresql.compiler"
