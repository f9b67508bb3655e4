"""What a badge says: vocabulary, document, conformance, baking, drawing. Pure, and permanent."""
