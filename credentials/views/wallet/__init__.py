"""The doors of a wallet: what somebody holds, over all organisations.

It is open in a browser that shows a token of its own, and knows nothing of the accounts of people
who work for organisations. The cookie goes to these pages alone, so the public ones can be kept.
"""
