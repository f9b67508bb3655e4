"""The demonstration: fictional issuers, achievements and learners."""
