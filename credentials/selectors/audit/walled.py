"""I12: the database itself keeps organisations apart."""

from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import Findings, Scope
from issuers.scope import catalogue


def stands(scope: Scope) -> Findings:
    """I12: every table, key, view, function and role is as the wall wants it."""
    scope.count(scope.rows.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    for each in catalogue.problems(scope.rows):
        yield Finding(each.subject, each.problem, each.remedy)
