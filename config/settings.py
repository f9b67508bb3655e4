"""Every setting, read once from the environment; safe by default.

Without DEBUG=1 a missing secret stops the start. A secret may also be given as a file: SECRET_KEY
or SECRET_KEY_FILE.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from blockchain.core import terms
from config import accounts, post
from issuers.core import keks

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".acquis"))).absolute()
# Every batch that was ever sealed, one file each, so that proofs outlive the database: on another
# disk than the database's, and backed up apart from it.
MANIFEST_DIR = Path(env.str("MANIFEST_DIR", default=str(DATA_DIR / "manifests"))).absolute()


def secret(name: str, *, development: str) -> str:
    """Read a secret; only DEBUG=1 may go without, and then with a value that is worth nothing."""
    value: str = env.str(name, default="").strip()
    if not value and not DEBUG:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE (or DEBUG=1 for development).")
    return value or development


def key_encryption_keys(name: str, *, default_id: str) -> tuple[keks.Kek, ...]:
    """Read the keys that wrap keys, the current one first; none where they are not given."""
    text: str = env.str(name, default="").strip()
    if not text and DEBUG:
        text = "00" * 31 + ("01" if name == "SIGNING_KEK" else "02")
    try:
        return keks.read(text, default_id=default_id)
    except keks.KekError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from None


def required(found: tuple[keks.Kek, ...], name: str) -> tuple[keks.Kek, ...]:
    """Stop the start where a key is missing."""
    if not found:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE: 64 hexadecimal digits.")
    return found


SECRET_KEY = secret("SECRET_KEY", development="development-only-" + "x" * 50)

# The address under which the public pages are reached. It is written into every credential: choose
# it once.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=[_public.hostname or "localhost", "127.0.0.1"]
)

# Who is asked for the records that prove a domain: "9.9.9.9", "127.0.0.1:5353"; empty: whom the
# system asks. A resolver that validates DNSSEC is worth choosing.
DNS_RESOLVERS: list[str] = env.list("DNS_RESOLVERS", default=[])

INSTALLED_APPS = [
    "config.apps.AcquisConfig",
    "issuers.apps.IssuersConfig",
    "blockchain.apps.BlockchainConfig",
    "badges.apps.BadgesConfig",
    "learners.apps.LearnersConfig",
    "credentials.apps.CredentialsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "rest_framework",
    "csp",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
]

MIDDLEWARE = [
    "config.hosts.HostMiddleware",
    "config.permissions.PermissionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.acting.ActingMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "issuers.access.accounts.ProviderSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.outages.OutageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "issuers.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The application role everywhere but in `migrate`, which the owner role runs (see `manage.py up`
# and the compose file).
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///acquis")}
# It tells the database with each statement whose rows it is about: see docs/tenancy.md.
DATABASES["default"]["ENGINE"] = "issuers.scope.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# The same database as a role that may only read; `fsck` alone uses it, and does without if need be.
if env.str("FSCK_DATABASE_URL", default=""):
    DATABASES["auditor"] = env.db("FSCK_DATABASE_URL") | {"TEST": {"MIRROR": "default"}}
    DATABASES["auditor"]["ENGINE"] = "issuers.scope.postgresql"

REDIS_URL: str = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # A page does not wait for it: what it holds can be done without.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "config.formats"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True
# What others wrote lies below its version, and pages name what is in it (static/vendor).
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/vendor/"

# -- The web, closed by default --------------------------------------------------------------------
_https = _public.scheme == "https"
SECURE_SSL_REDIRECT = _https and env.bool("SECURE_SSL_REDIRECT", default=True)
# Whoever watches over the processes asks each one directly, without TLS.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^hosts/live$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000) if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
# How many proxies of ours add to X-Forwarded-For: none is believed unless there is one.
PROXY_COUNT: int = env.int(
    "PROXY_COUNT", default=1 if env.bool("BEHIND_PROXY", default=False) else 0
)
# What one client may have verified in that time; 0: as much as it likes.
VERIFY_LIMIT: int = env.int("VERIFY_LIMIT", default=30)
VERIFY_LIMIT_SECONDS: int = max(env.int("VERIFY_LIMIT_SECONDS", default=60), 1)
# Caches in front of us that are told to forget, each by its address: then, and only then, may they
# keep the public pages and files of a credential, and for so long at most.
EDGE_CACHES: list[str] = env.list("EDGE_CACHES", default=[])
EDGE_SECONDS: int = min(max(env.int("EDGE_SECONDS", default=300), 0), 300)
# What each web process keeps of the answers that it gave, in bytes; 0: nothing (docs/serving.md).
KEEP_BYTES: int = env.int("KEEP_BYTES", default=64_000_000)
# What the operator declares (config/accessibility.py), and whom to tell of barriers.
ACCESSIBILITY: str = env.str("ACCESSIBILITY", default="none")
if ACCESSIBILITY not in {"none", "partial", "full"}:
    raise ImproperlyConfigured("ACCESSIBILITY: none, partial or full.")
ACCESSIBILITY_CONTACT: str = env.str("ACCESSIBILITY_CONTACT", default="").strip()
# A verifier drops one file of at most 10 MB; nothing here needs more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# -- People: how they sign in is in accounts.py ----------------------------------------------------
vars().update(accounts.settings(is_https=_https, proxies=PROXY_COUNT))

# Whether anybody may make an organisation here; else operators send the link that does.
OPEN_TO_ORGANISATIONS = env.bool("OPEN_TO_ORGANISATIONS", default=False)

MAILBOX: bool
EMAIL_PER_MINUTE: int
EMAIL_PROVIDER: str
ANYMAIL: dict[str, Any]
vars().update(post.settings(env, hostname=_public.hostname or "localhost"))

# -- The operator's pages, in config/operating: their frame is ours, and loads no script -----------
UNFOLD = {"SITE_TITLE": "Acquis", "SHOW_HISTORY": False, "SHOW_VIEW_ON_SITE": False}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "UNAUTHENTICATED_USER": None,
}

# -- Keys that stay outside the database -----------------------------------------------------------
# The web process runs without SIGNING_KEK: it can then neither sign nor read an issuer's key.
# The first key wraps, the others open what they wrapped before: see docs/keys.md.
SIGNING_KEK = key_encryption_keys("SIGNING_KEK", default_id="signing-1")
LEARNER_KEK = required(key_encryption_keys("LEARNER_KEK", default_id="learner-1"), "LEARNER_KEK")
# What a key service asks of us, where one holds them.
SIGNING_KEK_TOKEN: str = env.str("SIGNING_KEK_TOKEN", default="").strip()
LEARNER_KEK_TOKEN: str = env.str("LEARNER_KEK_TOKEN", default="").strip()
# Verifiers of Blockcerts read an Ed25519 key as a JWK only, and DID 1.0 forbids to write it twice.
BLOCKCERTS = env.bool("BLOCKCERTS", default=False)
# It names every revoked credential, which is to say the address of its page, to everybody.
REVOCATION_LIST = env.bool("REVOCATION_LIST", default=False)

# -- The chain -------------------------------------------------------------------------------------
CHAIN_RPC_URLS: list[str] = env.list("CHAIN_RPC_URL", default=["http://127.0.0.1:8545"])
CHAIN_ID: int = env.int("CHAIN_ID", default=131_277_322_940_537)
CHAIN_NAME: str = env.str("CHAIN_NAME", default="")
# Address of a page about a transaction, with {transaction} in it.
CHAIN_EXPLORER: str = env.str("CHAIN_EXPLORER", default="")
# Public nodes that readers are shown where they check for themselves, by chain: they may choose
# others. They must answer pages of any origin (CORS).
PUBLIC_NODES: dict[str, list[str]] = env.json("PUBLIC_NODES", default={})
# Only workers need it. With DEBUG=1 it may be left out: a key that everybody knows is worth
# nothing.
SUBMITTER_KEY: str = env.str("SUBMITTER_KEY", default="").strip() or (f"{3:064x}" if DEBUG else "")
# Better: a keystore and its password, or a service that holds the key (see docs/anchoring.md).
SUBMITTER_KEYSTORE: str = env.str("SUBMITTER_KEYSTORE", default="")
SUBMITTER_PASSWORD: str = env.str("SUBMITTER_PASSWORD", default="").rstrip("\r\n")
SUBMITTER_KEY_SERVICE: str = env.str("SUBMITTER_KEY_SERVICE", default="")
# Keys of organisations that submit for themselves, each a file named after its account.
SUBMITTERS_DIR: str = env.str("SUBMITTERS_DIR", default="")
ANCHOR_CONFIRMATIONS: int = env.int("ANCHOR_CONFIRMATIONS", default=3)
ANCHOR_SEAL_AGE_SECONDS: int = env.int("ANCHOR_SEAL_AGE_SECONDS", default=600)
ANCHOR_SEAL_SIZE: int = env.int("ANCHOR_SEAL_SIZE", default=65_536)
# Nodes forget what waits: it is sent again after this long.
ANCHOR_RESEND_SECONDS: float = env.float("ANCHOR_RESEND_SECONDS", default=30.0)
# A transaction that no block takes is replaced by one that offers more, up to the cap.
ANCHOR_BUMP_SECONDS: int = env.int("ANCHOR_BUMP_SECONDS", default=48)
ANCHOR_FEE_CAP_GWEI: float = env.float("ANCHOR_FEE_CAP_GWEI", default=200.0)


def further_chains(file: str) -> list[Mapping[str, Any]]:
    """Read the chains beside the first one; addresses of nodes are secrets, so it is a file."""
    if not file:
        return []
    try:
        with Path(file).open(encoding="utf-8") as text:
            return terms.read(text.read(terms.MAX_BYTES + 1), first=CHAIN_ID)
    except (OSError, UnicodeDecodeError, terms.TermsError) as error:
        raise ImproperlyConfigured(f"CHAINS_FILE {file}: {error}") from error


# The settings above describe the first chain; see docs/anchoring.md for the others.
FURTHER_CHAINS: list[Mapping[str, Any]] = further_chains(env.str("CHAINS_FILE", default=""))

# -- Work in the background: the row is the queue, these only wake it ------------------------------
TICK_SECONDS: float = env.float("TICK_SECONDS", default=5.0)
SIGN_CHUNK_SIZE: int = env.int("SIGN_CHUNK_SIZE", default=2_000)
# Off, everything is signed the long way, fifty times as slow: see docs/sealing.md.
SEAL_COMPILED: bool = env.bool("SEAL_COMPILED", default=True)
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
# Nobody asks what an alarm came to: the rows tell.
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
# A message is taken off the queue when its task begins. Acknowledged late, or given back when its
# worker is lost, an alarm that kills its worker would kill the next one at once, and so on without
# end (measured: nine times in twelve seconds). As it is, the next tick rings again, and no message
# is needed for anything: the broker may be flushed, and messages may be lost, doubled or late.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_REJECT_ON_WORKER_LOST = False
# One alarm in hand at a time: what a worker had taken and not begun when it was killed is given
# back, or has expired, after this long. Longer than any task may take, or it would be given to a
# second worker while the first is at it; three places of Celery and kombu read it. Exports alone
# may take longer: their message is gone since they began, and another one finds nothing to do.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_VISIBILITY_TIMEOUT = 600
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    # Look for such messages every five seconds; by default it is every hundred.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False


def alarm(task: str, seconds: float, *arguments: str) -> dict[str, object]:
    """Wake `task` every `seconds`; a call that nobody took before the next one is dropped.

    Not piled up.
    """
    options = {"expires": max(seconds * 2, 10.0)}
    return {"task": task, "schedule": seconds, "args": arguments, "options": options}


CELERY_BEAT_SCHEDULE = {
    "sign what is due": alarm("credentials.tasks.sign_due", TICK_SECONDS),
    "record lists": alarm("credentials.tasks.record_intakes", min(TICK_SECONDS, 2.0)),
    "forget lists": alarm("credentials.tasks.forget_intakes", 12 * TICK_SECONDS),
    "sign editions": alarm("credentials.tasks.sign_editions", TICK_SECONDS),
    "sign transcripts": alarm("credentials.tasks.sign_transcripts", TICK_SECONDS),
    "sign endorsements": alarm("credentials.tasks.sign_endorsements", TICK_SECONDS),
    "publish status lists": alarm("credentials.tasks.publish_status_lists", TICK_SECONDS),
    "make exports": alarm("credentials.tasks.make_exports", TICK_SECONDS),
    "print certificates": alarm("credentials.tasks.print_certificates", TICK_SECONDS),
    "verify piles": alarm("credentials.tasks.verify_piles", min(TICK_SECONDS, 2.0)),
    "tell learners": alarm("credentials.tasks.send_messages", TICK_SECONDS),
    "remind learners": alarm("credentials.tasks.remind_learners", 60 * TICK_SECONDS),
    "count ahead": alarm("credentials.tasks.count_ahead", 60 * TICK_SECONDS),
    "purge caches": alarm("credentials.tasks.purge_edges", min(TICK_SECONDS, 2.0)),
    "accept submitters": alarm("credentials.tasks.accept_submitters", TICK_SECONDS),
    "seal batches": alarm("blockchain.tasks.seal_batches", TICK_SECONDS),
    "do what was ordered for keys": alarm("issuers.tasks.fulfil_key_orders", TICK_SECONDS),
    "seal trails": alarm("issuers.tasks.seal_trails", 2 * TICK_SECONDS),
    # Each proof is looked for once a day; the alarm rings more often, so that they are spread out.
    "check domains": alarm("issuers.tasks.check_domains", 12 * TICK_SECONDS),
    "check hosts": alarm("issuers.tasks.check_hosts", 12 * TICK_SECONDS),
    "compare names": alarm("issuers.tasks.compare_names", 12 * TICK_SECONDS),
    "write manifests": alarm("blockchain.tasks.write_manifests", TICK_SECONDS),
}
# Each chain has its own: a node that lets us wait holds up one worker, and no other chain.
for _chain in (f"eip155:{CHAIN_ID}", *(str(each["id"]) for each in FURTHER_CHAINS)):
    CELERY_BEAT_SCHEDULE |= {
        f"broadcast batches on {_chain}": alarm(
            "blockchain.tasks.broadcast_batches", TICK_SECONDS, _chain
        ),
        f"follow batches on {_chain}": alarm(
            "blockchain.tasks.follow_batches", TICK_SECONDS, _chain
        ),
        # For people who look on: nothing waits for it.
        f"look at {_chain}": alarm("blockchain.tasks.look_at_chains", 12 * TICK_SECONDS, _chain),
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Each step of each page, and each letter of each font.
    "loggers": {"weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
}
