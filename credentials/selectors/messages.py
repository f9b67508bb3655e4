"""Questions about e-mails to learners."""

from credentials import models

State = models.Message.State
