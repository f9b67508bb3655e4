"""What the columns of a list may be called, in French and English, and what they are taken for.

A guess is shown and can be changed; it is only ever made for headings that say the thing outright.

Source: the headings that spreadsheets of schools and learning platforms have; RFC 5646 (languages).
"""

import re
import unicodedata
from collections.abc import Sequence

# What a column can be taken for; a list needs an address, and a name in one column or two.
FIELDS = (
    "email", "name", "first_name", "last_name", "reference", "valid_from", "valid_until",
    "language",
)  # fmt: skip

_WORDS = {
    "email": (
        "email mail courriel adresse_mail adresse_email adresse_courriel adresse_electronique "
        "email_address e_mail_address mail_address adresse_de_courriel adresse_de_messagerie mel "
        "courrier_electronique learner_email recipient_email email_apprenant email_stagiaire "
        "email_etudiant electronic_mail messagerie adresse_e_mail email_1 primary_email"
    ),
    "name": (
        "name full_name nom_complet nom_et_prenom nom_prenom prenom_nom prenom_et_nom learner "
        "apprenant apprenante stagiaire etudiant etudiante candidat candidate participant "
        "participante beneficiaire titulaire student recipient recipient_name learner_name "
        "student_name display_name nom_de_l_apprenant nom_du_stagiaire nom_affiche personne "
        "nom_prenoms noms_et_prenoms nom_de_l_etudiant"
    ),
    "first_name": (
        "prenom prenoms first_name firstname given_name given_names forename first prenom_usuel"
    ),
    "last_name": (
        "nom nom_de_famille last_name lastname surname family_name nom_usuel nom_d_usage "
        "nom_de_naissance last patronyme noms"
    ),
    "reference": (
        "reference ref reference_externe external_reference external_id identifiant id identifier "
        "matricule numero numero_de_dossier n_dossier dossier numero_d_apprenant numero_etudiant "
        "n_etudiant student_id student_number learner_id ine no n num code_apprenant id_externe "
        "identifiant_apprenant award_id code_permanent numero_d_inscription id_number "
        "ref_dossier reference_dossier reference_du_dossier ref_interne reference_interne code"
    ),
    "valid_from": (
        "date valid_from date_d_obtention date_obtention obtenu_le date_de_delivrance delivre_le "
        "date_delivrance date_de_reussite issue_date issued_on issued date_issued award_date "
        "awarded_on date_awarded completion_date completed_on date_of_award valable_a_partir_du "
        "valide_a_partir_du date_de_fin date_fin_de_formation date_du_jury date_de_certification "
        "date_de_validation date_d_attribution attribue_le date_d_emission earned_on"
    ),
    "valid_until": (
        "valid_until expires expiry expiry_date expiration expiration_date expires_on "
        "date_d_expiration date_expiration expire_le valable_jusqu_au valide_jusqu_au "
        "date_de_fin_de_validite fin_de_validite echeance date_d_echeance valid_to"
    ),
    "language": (
        "language langue lang locale langue_de_correspondance preferred_language langue_preferee"
    ),
}  # fmt: skip
_KNOWN = {word: field for field, words in _WORDS.items() for word in words.split()}
_APART = re.compile(r"[^a-z0-9]+")

_LANGUAGES = {
    "fr": "fr francais francaise french fra fre",
    "en": "en anglais anglaise english eng",
}  # fmt: skip
_SPOKEN = {word: code for code, words in _LANGUAGES.items() for word in words.split()}


def plain(heading: str) -> str:
    """Return a heading without accents, capitals, and what is between its words.

    Source: Unicode Standard Annex #15 (NFKD).
    """
    folded = unicodedata.normalize("NFKD", heading).casefold()
    letters = "".join(each for each in folded if not unicodedata.combining(each))
    return _APART.sub("_", letters.replace("œ", "oe")).strip("_").replace("e_mail", "email")


def are_named(cells: Sequence[str]) -> bool:
    """Tell whether a line names columns: two of them, or one that is an address.

    Source: the module.
    """
    found = {field for field in map(_field, cells) if field}
    return len(found) > 1 or "email" in found


def guess(names: Sequence[str]) -> dict[str, int]:
    """Return which column each field is taken from, by its place; what nobody says is left out.

    Args:
        names: the headings.

    Source: the module.
    """
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        field = _field(name)
        if field and field not in found:
            found[field] = at
    if "last_name" in found and "first_name" not in found and "name" not in found:
        found["name"] = found.pop("last_name")  # “Nom”, alone, is the whole of it
    if "first_name" in found and "last_name" in found:
        found.pop("name", None)
    return found


def language(written: str) -> str:
    """Return the code of a language that is written out; what is not known, as it stands.

    Source: ISO 639.
    """
    return _SPOKEN.get(plain(written), written.strip())


def _field(name: str) -> str:
    said = plain(name)
    return _KNOWN.get(said) or _KNOWN.get(
        re.sub(r"_(obligatoire|required|requis|optional)$", "", said), ""
    )
