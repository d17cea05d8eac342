"""Vouchers on their pages: written row by row, refused in words, decided, opened, printed, taken back; with files."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AccessLog
from accounts.roles import Actor, Role
from budget.models import EntryKind, Voucher, VoucherFile
from budget.refusals import Posting
from tests.budget.conftest import DAY, YEAR
from tests.factories import cast as c
from tests.programs import files
from tests.programs.signed_in import client_of

COMMIT = EntryKind.COMMITMENT


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def officer(book):
    return client_of(book.officer)


@pytest.fixture
def finance(book):
    return client_of(book.finance)


def written(*rows, act="save", total=3, **more):
    """What the form posts."""
    data = {"title": "사무용품", "document_no": "", "occurred_on": f"{DAY}", "payee": "", "act": act,
            "rows-TOTAL_FORMS": str(total), "rows-INITIAL_FORMS": "0"} | more  # fmt: skip
    for n, row in enumerate(rows):
        data |= {f"rows-{n}-{name}": str(value) for name, value in row.items()}
    return data


def row(line, amount, **more):
    return {"line": line.pk, "amount": amount} | more


def new(client, kind, *rows, **more):
    return client.post(reverse("budget:voucher_new", args=[kind]) + f"?year={YEAR}", written(*rows, **more))


def the(voucher, page="voucher", *more):
    return reverse(f"budget:{page}", args=[voucher.pk, *more])


def drafted(client, book, *rows, **more):
    assert new(client, "commitment", *rows, **more).status_code == 302
    return Voucher.objects.latest("pk")


def test_the_room_of_each_line_is_seen_before_anything_is_typed(book, officer):
    line = book.give("watch-office", 1_000_000, allotted=700_000)
    page = officer.get(reverse("budget:voucher_new", args=["commitment"]), {"year": YEAR}).content.decode()
    assert "남은 배정액 700,000원" in page
    assert f'value="{line.pk}"' in page
    page = officer.get(reverse("budget:voucher_new", args=["allotment"]), {"year": YEAR}).content.decode()
    assert "미배정액 300,000원" in page


def test_a_voucher_of_several_rows_is_drafted_submitted_and_approved(book, officer, finance):
    first, second = book.give("watch-office", 1_000), book.give("watch-public", 500)
    voucher = drafted(
        officer, book, row(first, "600"), row(second, "50", note="전기"), act="submit", payee="든든상사"
    )  # fmt: skip
    assert (voucher.state, voucher.payee) == ("submitted", "든든상사")
    assert "결재할 원인문서" in finance.get(reverse("budget:waiting")).content.decode()
    finance.post(the(voucher, "voucher_act", "approve"))
    assert book.standing("watch-office")[2] == 600
    assert book.standing("watch-public")[2] == 50
    assert "지금 처리할 것이 없습니다" in finance.get(reverse("budget:waiting")).content.decode()


def test_amounts_may_be_written_with_commas_and_reduce(book, officer):
    line = book.give("watch-office", 5_000)
    voucher = drafted(officer, book, row(line, "-1,200원"))
    assert voucher.items.get().amount == -1_200


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "한 줄 이상"),
        ([{"amount": "5"}], "예산 과목"),
        ([{"line": "office", "amount": "0"}], "0이 아닌 금액"),
        ([{"line": "office", "amount": "많이"}], "금액"),
        ([{"line": "district", "amount": "5"}], "올바르게 선택"),
        ([{"line": "office", "amount": "5", "note": "900101-1234567"}], "주민등록번호"),
    ],
)
def test_what_is_wrong_is_said_at_its_row(book, officer, rows, words):
    line = book.give("watch-office", 1_000)
    ids = {"office": line.pk, "district": book.lines["district-guard"].pk}
    rows = [one | ({"line": ids[one["line"]]} if "line" in one else {}) for one in rows]
    response = new(officer, "commitment", *rows)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Voucher.objects.filter(kind="commitment").exists()


def test_what_the_domain_refuses_is_said_at_the_form(book, officer):
    line = book.give("watch-office", 1_000)
    drafted(officer, book, row(line, 1), document_no="가-1")
    page = new(officer, "commitment", row(line, 1), document_no="가-1").content.decode()
    assert "같은 문서번호가 이미 있습니다" in page


def test_more_rows_keep_what_was_typed(book, officer):
    line = book.give("watch-office", 1_000)
    page = new(officer, "commitment", row(line, "77"), act="more").content.decode()
    assert 'value="77"' in page
    assert 'name="rows-3-amount"' in page
    assert "error-summary" not in page


def test_a_draft_is_changed_by_its_drafter_and_a_cleared_row_goes(book, officer, finance):
    line = book.give("watch-office", 1_000)
    other = book.give("watch-public", 1_000)
    voucher = drafted(officer, book, row(line, 10), row(other, 20))
    page = officer.get(the(voucher, "voucher_edit"))
    assert 'value="20"' in page.content.decode()
    officer.post(the(voucher, "voucher_edit"), written(row(line, 15), version="1"))
    assert list(voucher.items.values_list("amount", flat=True)) == [15]
    stale = officer.post(the(voucher, "voucher_edit"), written(row(line, 16), version="1"))
    assert "그사이 다른 사람이" in stale.content.decode()
    assert finance.get(the(voucher, "voucher_edit")).status_code == 302


def test_an_approval_that_cannot_be_posted_says_how_much_there_is(book, officer, finance):
    line = book.give("watch-office", 1_000)
    voucher = drafted(officer, book, row(line, 1_001), act="submit")
    assert "지금 결재하면 기장할 수 없습니다" in finance.get(the(voucher)).content.decode()
    page = finance.post(the(voucher, "voucher_act", "approve"), follow=True).content.decode()
    assert "남은 배정액 1,000원" in page
    assert book.standing("watch-office")[2] == 0


def test_what_was_changed_meanwhile_is_not_approved_unseen(book, officer, finance):
    line = book.give("watch-office", 1_000)
    voucher = drafted(officer, book, row(line, 1), act="submit")
    seen = Voucher.objects.get(pk=voucher.pk).version
    officer.post(the(voucher, "voucher_act", "send-back"))
    officer.post(the(voucher, "voucher_edit"), written(row(line, 999), act="submit"))
    page = finance.post(the(voucher, "voucher_act", "approve"), {"version": seen}, follow=True).content.decode()
    assert "그사이 다른 사람이 이 문서를 바꾸었습니다" in page
    assert book.standing("watch-office")[2] == 0


def test_sent_back_with_a_reason_and_discarded(book, officer, finance):
    line = book.give("watch-office", 1_000)
    voucher = drafted(officer, book, row(line, 1), act="submit")
    page = finance.post(the(voucher, "voucher_act", "send-back"), {"reason": ""}, follow=True).content.decode()
    assert "반송 사유를 적으십시오" in page
    finance.post(the(voucher, "voucher_act", "send-back"), {"reason": "금액 확인"})
    assert "반송: 금액 확인" in officer.get(reverse("budget:waiting")).content.decode()
    officer.post(the(voucher, "voucher_act", "discard"))
    voucher.refresh_from_db()
    assert voucher.state == "discarded"
    assert officer.post(the(voucher, "voucher_act", "burn")).status_code == 404


def test_a_re_allotment_names_the_receiver(book, officer, finance):
    line = book.give("watch-office", 1_000)
    district = book.lines["district-guard"]
    assert new(officer, "re_allotment", row(line, 300, to_line=district.pk), act="submit").status_code == 302
    voucher = Voucher.objects.latest("pk")
    finance.post(the(voucher, "voucher_act", "approve"))
    assert book.standing("watch-office")[:2] == (700, 700)
    assert book.standing("district-guard")[:2] == (300, 300)
    member = client_of(Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK)))
    assert member.get(reverse("budget:voucher_new", args=["re_allotment"])).status_code == 404


def test_a_posted_voucher_is_taken_back_by_a_correction(book, officer, finance):
    line = book.give("watch-office", 1_000)
    voucher = book.post("commitment", Posting(line, COMMIT, 600))
    assert "정정" in officer.get(the(voucher)).content.decode()
    response = officer.post(the(voucher, "voucher_reverse"), {"reason": "두 번 적음", "occurred_on": f"{DAY}"})
    correction = Voucher.objects.get(reverses=voucher)
    assert response.headers["Location"] == the(correction)
    officer.post(the(correction, "voucher_act", "submit"))
    finance.post(the(correction, "voucher_act", "approve"))
    assert book.standing("watch-office")[2] == 0
    again = officer.post(the(voucher, "voucher_reverse"), {"reason": "또", "occurred_on": f"{DAY}"})
    assert "이미 정정한 문서입니다" in again.content.decode()


def test_the_payee_is_masked_until_it_is_opened_and_that_is_logged(book, officer):
    line = book.give("watch-office", 1_000)
    voucher = drafted(officer, book, row(line, 1), payee="김채주상사")
    page = officer.get(the(voucher)).content.decode()
    assert "김***사" in page
    assert "김채주상사" not in page
    for name, action in (("voucher_open", "read"), ("voucher_print", "print")):
        assert "김채주상사" in officer.post(the(voucher, name)).content.decode()
        assert AccessLog.objects.filter(about=f"voucher:{voucher.pk}", action=action).count() == 1


def test_files_are_known_by_their_content_and_given_out_as_attachments(book, officer):
    line = book.give("watch-office", 1_000)
    voucher = drafted(officer, book, row(line, 1))
    sheet = io.BytesIO()
    openpyxl.Workbook().save(sheet)
    for name, data in (("bill.pdf", files.pdf()), ("명세.exe", sheet.getvalue()), ("pic.txt", files.image("PNG"))):
        officer.post(the(voucher, "voucher_file_add"), {"file": SimpleUploadedFile(name, data)})
    kept = VoucherFile.objects.filter(voucher=voucher)
    assert set(kept.values_list("filename", flat=True)) == {"bill.pdf", "명세.xlsx", "pic.png"}
    response = officer.post(the(voucher, "voucher_file", kept.get(filename="bill.pdf").key))
    assert response.content == files.pdf()
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert AccessLog.objects.filter(about=f"voucher:{voucher.pk}", action="download").count() == 1
    assert officer.get(the(voucher, "voucher_file", kept[0].key)).status_code == 405


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ\x90\x00", "올릴 수 없는 형식"),
        (b"PK\x03\x04 zip", "파일이 손상|올릴 수 없는 형식"),
        (files.pdf("900101-1234567"), "주민등록번호"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "10MB"),
    ],
)
def test_other_files_are_refused(book, officer, data, words):
    import re

    line = book.give("watch-office", 1_000)
    voucher = drafted(officer, book, row(line, 1))
    page = officer.post(the(voucher, "voucher_file_add"), {"file": SimpleUploadedFile("x.pdf", data)})
    assert page.status_code == 422
    assert re.search(words, page.content.decode())
    assert not VoucherFile.objects.exists()


def test_a_sheet_with_a_resident_number_is_refused(book, officer):
    line = book.give("watch-office", 1_000)
    voucher = drafted(officer, book, row(line, 1))
    made, sheet = openpyxl.Workbook(), io.BytesIO()
    made.active.append(["900101-1234567"])
    made.save(sheet)
    page = officer.post(the(voucher, "voucher_file_add"), {"file": SimpleUploadedFile("x.xlsx", sheet.getvalue())})
    assert "주민등록번호가 보입니다" in page.content.decode()


def test_a_file_is_taken_away_only_from_a_draft_by_who_attached_it(book, officer, finance):
    line = book.give("watch-office", 1_000)
    voucher = drafted(officer, book, row(line, 1))
    officer.post(the(voucher, "voucher_file_add"), {"file": SimpleUploadedFile("x.pdf", files.pdf())})
    key = VoucherFile.objects.get().key
    finance.post(the(voucher, "voucher_file_remove", key))
    assert VoucherFile.objects.exists()
    officer.post(the(voucher, "voucher_file_remove", key))
    assert not VoucherFile.objects.exists()


def test_the_list_is_filtered_and_asks_a_fixed_number_of_times(book, officer, django_assert_max_num_queries):
    line = book.give("watch-office", 1_000)
    for n in range(8):
        drafted(officer, book, row(line, 1), document_no=f"나-{n}")
    url = reverse("budget:vouchers")
    with django_assert_max_num_queries(14):
        page = officer.get(url, {"year": YEAR, "kind": "commitment", "state": "draft"})
    assert len(page.context["rows"]) == 8
    assert len(officer.get(url, {"document_no": "나-3"}).context["rows"]) == 1
    assert officer.get(url, {"kind": "nonsense"}).status_code == 200
