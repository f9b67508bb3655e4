"""Questions about issuers: who they are, and which keys speak for them."""

from issuers.selectors.anchoring import (
    ChosenLane,
    chosen_lanes,
    issuers_who_accept,
    lanes_at,
    lanes_of_issuers,
)
from issuers.selectors.keys import (
    OVERLAP,
    Kind,
    NoSigningKey,
    OpenKey,
    PublishedKey,
    current_key,
    disowned_keys,
    find_key,
    key_address,
    key_context,
    key_histories,
    key_history,
    keys_of,
    open_key,
    open_row,
    published_key,
    signing_key,
)
from issuers.selectors.members import (
    find_invitation,
    find_member,
    find_membership,
    find_open_invitation,
    members,
    memberships,
    open_invitations,
    role_names,
)
from issuers.selectors.organisations import (
    Address,
    Placed,
    ProvenDomain,
    addresses_of,
    domains_of,
    find_domain,
    find_host,
    find_unit,
    live_hosts,
    look_alikes,
    own_host,
    proven_domains,
    proven_domains_of,
    unit_profile,
    units,
)
from issuers.selectors.profiles import (
    accepted_submitters,
    accounts,
    address,
    all_accounts,
    blockcerts_address,
    did_document,
    find_by_did,
    find_by_slug,
    history_address,
    profile,
)
from issuers.selectors.providers import (
    find_provider,
    invitation_of,
    mail_domains,
    provider_at,
    providers_in_use,
    providers_of,
)

__all__ = [
    "OVERLAP", "Address", "ChosenLane", "Kind", "NoSigningKey", "OpenKey", "Placed", "ProvenDomain",
    "PublishedKey", "accepted_submitters", "accounts", "address", "addresses_of", "all_accounts",
    "blockcerts_address", "chosen_lanes", "current_key", "did_document", "disowned_keys",
    "domains_of", "find_by_did", "find_by_slug", "find_domain", "find_host", "find_invitation",
    "find_key", "find_member", "find_membership", "find_open_invitation", "find_provider",
    "find_unit", "history_address", "invitation_of", "issuers_who_accept", "key_address",
    "key_context", "key_histories", "key_history", "keys_of", "lanes_at", "lanes_of_issuers",
    "live_hosts", "look_alikes", "mail_domains", "members", "memberships", "open_invitations",
    "open_key", "open_row", "own_host", "profile", "proven_domains", "proven_domains_of",
    "provider_at", "providers_in_use", "providers_of", "published_key", "role_names", "signing_key",
    "unit_profile", "units",
]  # fmt: skip
