"""Secrets whose values are known."""

import base64
import json
from urllib.parse import quote, quote_plus

from azrelease.redaction import SecretMasker


def test_secrets_are_masked_the_longest_first_and_line_by_line() -> None:
    masker = SecretMasker()
    for secret in ("abc", "abcdef", "one\n}\ntwo", "x8", " "):
        masker.add(secret)
    assert masker.mask("abcdef abc one two } x8") == "*** *** *** *** } ***"


def test_secrets_are_masked_in_other_forms() -> None:
    secret = 'pa"ss wo/rd'
    masker = SecretMasker()
    masker.add(secret)
    forms = [json.dumps(secret), quote(secret), quote(secret, safe=""), quote_plus(secret)]
    forms += [base64.b64encode(f"{before}{secret}:more".encode()).decode() for before in ("", "a", "ab", "user:")]
    for form in forms:
        assert masker.mask(form) != form
        assert "***" in masker.mask(form)
