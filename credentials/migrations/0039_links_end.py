"""Links end with whose they were, texts of whoever is erased go, and piles know their askers apart."""

from django.db import migrations, models

# Whichever way an address changes, or somebody is erased. Links are a holder's own: whoever has the
# badge then neither reads for whom they were, nor answers for them. Of a wish stays that it was
# answered, and when; its texts nobody could read any more.
TRIGGERS = """
CREATE FUNCTION credentials_links_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM credentials_audiencelink l USING credentials_credential c
    WHERE c.learner_id = OLD.id AND c.issuer_id = OLD.issuer_id
        AND l.credential_id = c.id AND l.issuer_id = c.issuer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_links_end AFTER UPDATE OF email ON learners_learner FOR EACH ROW
    WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION credentials_links_end();

CREATE FUNCTION credentials_holder_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM credentials_audiencelink l USING credentials_credential c
    WHERE c.learner_id = OLD.learner_id AND c.issuer_id = OLD.issuer_id
        AND l.credential_id = c.id AND l.issuer_id = c.issuer_id;
    UPDATE credentials_wish SET said = '', answer = NULL
    WHERE learner_id = OLD.learner_id AND issuer_id = OLD.issuer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_holder_erased AFTER DELETE ON learners_learnerkey FOR EACH ROW
    EXECUTE FUNCTION credentials_holder_erased();
"""
WITHOUT = """
DROP TRIGGER credentials_holder_erased ON learners_learnerkey;
DROP FUNCTION credentials_holder_erased();
DROP TRIGGER credentials_links_end ON learners_learner;
DROP FUNCTION credentials_links_end();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0038_issuer_through_learner"),
        ("learners", "0007_issuer_through_learner"),
    ]

    operations = [
        migrations.AddField(
            model_name="pile",
            name="asker",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.RunSQL(TRIGGERS, WITHOUT),
    ]
