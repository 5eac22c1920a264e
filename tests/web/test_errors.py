"""What cannot be stored was the asker's mistake, whatever the database."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.cabinet import Cabinet
from tests.support.company import Company

pytestmark = pytest.mark.databases("sqlite", "postgresql")


@pytest.fixture
def client(app: Flask, company: Company) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", ["/chat/%00", "/button/%00", "/photos/%00", "/sign-in?next=%00"])
def test_an_address_with_a_zero_byte_is_no_failure_of_ours(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code < 500
    assert client.get("/chat/default").status_code == 200


@pytest.mark.parametrize("asked", ["search=%00", "page=99999999999999999999", "flt0_0=99999999999999999999"])
@pytest.mark.parametrize("section", ["operators", "departments"])
def test_a_list_asked_for_the_impossible_is_no_failure_of_ours(
    app: Flask, company: Company, section: str, asked: str
) -> None:
    admin = Cabinet(app)
    admin.sign_in(company.administrator)
    assert admin.get(f"/admin/{section}/?{asked}").status_code < 500
    assert admin.get(f"/admin/{section}/").status_code == 200
