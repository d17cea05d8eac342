"""One message of the tests."""

from django.db import transaction

from notifications import outbox

VARIABLES = dict.fromkeys(["이름", "사업", "접수번호", "접수일", "처리기한", "부서", "전화", "바로가기"], "시험")


def queue(key: str) -> None:
    with transaction.atomic():
        outbox.queue_message(key=key, template="application.received", to="01012345678", variables=VARIABLES)
