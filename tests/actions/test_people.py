"""Questions about everybody cost the same however many work here."""

import pytest
from sqlalchemy.orm import Session

from models.queries import people
from policy.statuses import OperatorStatus
from tests.actions.conftest import Counting
from tests.support.company import Company


@pytest.mark.parametrize("ask", [people.everybodys_facts, people.operator_views, people.online_facts])
def test_everybody_is_read_in_a_fixed_number_of_statements(
    ask: object, company: Company, session: Session, counted: Counting
) -> None:
    assert callable(ask)
    costs = []
    for names in (["Anna", "Boris"], ["Clara", "Dmitri", "Elena"]):
        sales = company.department()
        staff = [company.operator(name, status=OperatorStatus.ONLINE, departments=[sales]) for name in names]
        company.operator(f"Lead of {names[0]}", subordinates=staff, supervised_departments=[sales])
        session.rollback()
        session.expunge_all()
        with counted() as statements:
            ask(session)
        costs.append(len(statements))
    assert costs[0] == costs[1]
