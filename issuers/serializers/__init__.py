"""What leaves through the doors of issuers, in the form that its reader needs."""
