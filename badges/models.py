"""What can be earned: achievements, and the certifications and blocks they belong to."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from issuers import models as issuers
from issuers import scope, trail


class Certification(models.Model):
    """Certification professionnelle.

    An entry of the RNCP or of the RS (art. L6113-1 code du travail).
    """

    kept = trail.Kept(also=("code", "title"))

    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=20)
    title = models.CharField(_("title"), max_length=300)
    level = models.CharField(_("level"), max_length=20, blank=True)
    url = models.URLField(_("address"), blank=True)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "code"], name="one_certification_per_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class CompetencyBlock(models.Model):
    """Bloc de compétences: a homogeneous and coherent set of competencies.

    Assessed and validated as such.
    """

    kept = trail.Kept(also=("code", "title"))

    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    certification = models.ForeignKey(Certification, models.PROTECT, related_name="blocks")
    code = models.CharField(_("code"), max_length=30)
    title = models.CharField(_("title"), max_length=500)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("competency block")
        verbose_name_plural = _("competency blocks")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "code"], name="one_block_per_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Partnership(models.Model):
    """What a certifying body lets a training organisation issue (habilitation), and when.

    Proposed by who certifies (`issuer`), then accepted or declined by who trains (`partner`);
    either may end it. Its `habilitations` name the blocks and badges. Both sides read it; what it
    names is written on it, so that nobody reads more of the other than that.
    """

    kept = trail.Kept(called="partner__name")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    partner = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    agreement = models.CharField(_("reference of the agreement"), max_length=100, blank=True)
    # Days, the last one included: that is how agreements are written.
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("until"), null=True, blank=True)
    proposed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",), shared_with="partner"))

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        constraints = [
            models.CheckConstraint(
                name="nobody_is_their_own_partner",
                condition=~models.Q(issuer=models.F("partner")),
            ),
            models.CheckConstraint(
                name="partnership_ends_after_it_began",
                condition=models.Q(end_date=None) | models.Q(end_date__gte=models.F("start_date")),
            ),
            models.CheckConstraint(
                name="partnership_is_answered_once",
                condition=models.Q(accepted_at=None) | models.Q(declined_at=None),
            ),
        ]
        indexes = [models.Index(fields=["partner"], name="partnerships_with")]

    def __str__(self) -> str:
        return str(self.uuid)


class Habilitation(models.Model):
    """One block or badge of a certifying body that a partner may issue badges for.

    What it names is copied here when it is proposed: the partner reads this row, and not those of
    the certifying body.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    partner = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="habilitations")
    block = models.ForeignKey(
        CompetencyBlock, models.PROTECT, null=True, blank=True, related_name="+"
    )
    achievement = models.ForeignKey(
        "badges.Achievement", models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.CharField(_("code"), max_length=30, blank=True)
    title = models.CharField(_("title"), max_length=500)
    # The certification that a block is a part of, in words; its address, or that of the badge.
    whole = models.CharField(max_length=400, blank=True)
    url = models.URLField(max_length=500, blank=True)

    objects = scope.IssuerScopedManager(scope.Wall(unguessable=("uuid",), shared_with="partner"))

    class Meta:
        verbose_name = _("habilitation")
        verbose_name_plural = _("habilitations")
        constraints = [
            models.CheckConstraint(
                name="habilitation_names_one_thing",
                condition=models.Q(block=None, achievement__isnull=False)
                | models.Q(block__isnull=False, achievement=None),
            ),
            models.UniqueConstraint(
                fields=["issuer", "partnership", "block", "achievement"],
                name="one_habilitation_of_a_thing",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()


class Achievement(models.Model):
    """A badge that can be earned. Once published it is frozen: a change is a new version.

    Old credentials keep theirs.
    """

    kept = trail.Kept(also=("name", "language", "achievement_type"), left_out=("drawing",))

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    class Standing(models.TextChoices):
        """What may become of a credential after it was signed; fixed with the document."""

        REVOCABLE = "revocable", _("can be revoked")
        SUSPENDABLE = "suspendable", _("can be revoked, or suspended for a time")
        FINAL = "final", _("stands for good: cannot be revoked")

    class Layout(models.TextChoices):
        """How the certificate of an award lies; it is no part of what is signed."""

        LANDSCAPE = "landscape", _("landscape")
        PORTRAIT = "portrait", _("portrait")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    slug = models.SlugField(_("short name"), max_length=80)
    version = models.PositiveIntegerField(_("version"), default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"))
    criteria = models.TextField(_("criteria"))
    achievement_type = models.CharField(_("kind"), max_length=40, default="MicroCredential")
    language = models.CharField(_("language"), max_length=10, default="en")
    tags = models.JSONField(_("tags"), default=list, blank=True)
    validity_months = models.PositiveIntegerField(_("validity in months"), null=True, blank=True)
    standing = models.CharField(
        _("after it was issued"),
        max_length=12,
        choices=Standing.choices,
        default=Standing.REVOCABLE,
    )
    needs_evidence = models.BooleanField(_("every award needs evidence"), default=False)
    criteria_url = models.URLField(_("page of the criteria"), max_length=500, blank=True)
    image_caption = models.CharField(_("what the image shows"), max_length=300, blank=True)
    human_code = models.CharField(_("code that people know it by"), max_length=100, blank=True)
    field_of_study = models.CharField(_("field of study"), max_length=200, blank=True)
    specialization = models.CharField(_("specialization"), max_length=200, blank=True)
    credits_available = models.DecimalField(
        _("credits"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    # Parts that are only ever read and frozen together: one column of JSON for each, checked by
    # `badges.core.parts` before it is stored. Alignments are rows, because people look for them.
    result_descriptions = models.JSONField(_("possible results"), default=list, blank=True)
    identifiers = models.JSONField(_("other identifiers"), default=list, blank=True)
    creator = models.JSONField(_("who conceived it"), null=True, blank=True)
    # The same badge in another language: all of them point to the one that was first.
    translates = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="translations"
    )
    block = models.ForeignKey(
        CompetencyBlock, models.PROTECT, null=True, blank=True, related_name="achievements"
    )
    # Whose certification it is a part of, where that is not who issues it, and what lets them.
    certificateur = models.ForeignKey(
        issuers.Issuer, models.PROTECT, null=True, blank=True, related_name="+"
    )
    habilitation = models.ForeignKey(
        Habilitation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The part of the organisation that teaches it.
    unit = models.ForeignKey(issuers.Unit, models.PROTECT, null=True, blank=True, related_name="+")
    image = models.BinaryField(_("image (PNG)"))
    # The same picture as a drawing, where there is one; sanitised before it is kept.
    drawing = models.BinaryField(_("image (SVG)"), null=True, blank=True)
    # The Open Badges Achievement as it was published, word for word; empty while a draft.
    document = models.TextField(blank=True)
    # What the generator drew the picture from (badges.core.looks); None where it was uploaded.
    look = models.JSONField(null=True, blank=True)
    # What certificates show besides: who stands for it by name, and as what.
    layout = models.CharField(
        _("layout of the certificate"),
        max_length=10,
        choices=Layout.choices,
        default=Layout.LANDSCAPE,
        db_default=Layout.LANDSCAPE,
    )
    signatory = models.CharField(
        _("who signs the certificate"), max_length=80, blank=True, db_default=""
    )
    signatory_role = models.CharField(_("as what"), max_length=80, blank=True, db_default="")
    # To try things out with: its text says so, it is not on the page of the organisation, and it is
    # counted nowhere.
    is_sample = models.BooleanField(_("sample"), default=False, db_default=False, editable=False)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = scope.IssuerScopedManager(
        scope.Wall(names=("uuid",), through={"habilitation": "certificateur"})
    )

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "slug", "version"], name="one_achievement_per_version"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | ~models.Q(document=""),
                name="published_achievement_has_document",
            ),
            models.CheckConstraint(
                condition=models.Q(certificateur=None, habilitation=None)
                | models.Q(certificateur__isnull=False, habilitation__isnull=False, block=None),
                name="habilitation_says_who_certifies",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Alignment(models.Model):
    """A mapping from an achievement to an entry of a framework (ESCO, ROME, RNCP, ...)."""

    kept = trail.Kept(called="target_name")

    issuer = models.ForeignKey(issuers.Issuer, models.PROTECT, related_name="+")
    achievement = models.ForeignKey(Achievement, models.CASCADE, related_name="alignments")
    target_name = models.CharField(_("name"), max_length=300)
    target_url = models.URLField(_("address"), max_length=500)
    target_framework = models.CharField(_("framework"), max_length=100, blank=True)
    target_code = models.CharField(_("code"), max_length=100, blank=True)
    target_type = models.CharField(_("type"), max_length=60, blank=True)
    target_description = models.TextField(_("description"), blank=True)

    objects = scope.IssuerScopedManager()

    class Meta:
        verbose_name = _("alignment")
        verbose_name_plural = _("alignments")

    def __str__(self) -> str:
        return self.target_name
