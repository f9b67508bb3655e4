"""Selective disclosure: a learner shows a part of a credential, and the issuer's word still holds.

    issuer    signs once, statement by statement          suite.sign       the base proof
    learner   keeps the base, shows a part of it          suite.derive     the derived proof
    reader    is told that the part is the issuer's       suite.verify

    selecting     JSON pointers, and the part of a document that they name
    labelling     the statements of a document, under labels that tell nothing of what is hidden
    proof_value   how both proofs are written
    suite         the cryptosuite ecdsa-sd-2023
    parts         what of a badge may be hidden, and what never

Source: Data Integrity ECDSA Cryptosuites 1.0 (W3C) sections 3.4 to 3.6.
"""
