"""Transcripts: ask for one, sign what is due, revoke.

    requested, due  ->  status index given  ->  badges opened, document signed  ->  sealed row, leaf
                        (one transaction)       (one transaction: all of it or none)

As with credentials, any number of workers may run this at once, and the row is the queue.
"""

from credentials.services.transcripts.requesting import request_transcript, revoke_transcript
from credentials.services.transcripts.signing import sign_transcripts

__all__ = ["request_transcript", "revoke_transcript", "sign_transcripts"]
