"""Ciphertext cannot be compressed: PostgreSQL is told not to try, which is most of what a row costs."""

from django.db import migrations

SEALED = [
    ("credentials_credential", "sealed"),
    ("credentials_transcript", "sealed"),
    ("credentials_edition", "sealed"),
    ("credentials_evidencefile", "sealed"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("credentials", "0016_fewer_indexes"),
    ]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL",
            f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTENDED",
        )
        for table, column in SEALED
    ]
