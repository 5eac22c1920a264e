"""An administrator's browser, in English."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from tests.support.cabinet import Cabinet
from tests.support.company import Company


@pytest.fixture
def admin(app: Flask, company: Company, session: Session) -> Cabinet:
    with unit_of_work(session) as unit:
        load_settings(unit).language = Language.EN
    cabinet = Cabinet(app)
    assert cabinet.sign_in(company.administrator).status_code == 302
    return cabinet
