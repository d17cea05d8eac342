"""What may be uploaded: recognised by content, cleaned, limited; and the pictures of its pages."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts import paper
from accounts.roles import Actor
from accounts.uploads import UnableToTake, examine
from programs import applying, documents
from programs.models import Document, DocumentPage
from programs.workflow import perform
from tests.factories import cast as c
from tests.programs import files

MASK = "뒷자리를 가리고 다시 올려"


@pytest.fixture
def draft(cast):
    owner = c.citizen()
    actor = Actor.citizen(owner)
    made = applying.begin(cast.call, owner.profile, timezone.now(), actor=actor)
    return applying.remember(made.pk, "consents", {item.pk: True for item in cast.consents}, actor=actor)


def add(draft, data, name="파일.bin", kind="register"):
    return documents.add_to_draft(draft, kind, SimpleUploadedFile(name, data), actor=Actor.citizen(draft.owner))


@pytest.mark.parametrize(
    ("data", "content_type", "suffix"),
    [
        (files.pdf(), "application/pdf", ".pdf"),
        (files.image("JPEG"), "image/jpeg", ".jpg"),
        (files.image("PNG"), "image/png", ".png"),
        (files.image("HEIF"), "image/jpeg", ".jpg"),
        (files.hwpx(), "application/hwp+zip", ".hwpx"),
        (files.hwp(), "application/x-hwp", ".hwp"),
    ],
)
def test_it_recognises_a_file_by_its_content_not_by_its_name(draft, data, content_type, suffix):
    kept = add(draft, data, name="../../등본.exe")
    assert (kept.content_type, kept.filename) == (content_type, f"등본{suffix}")
    with kept.file.open() as file:
        assert file.read()
    assert "등본" not in kept.file.name


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "빈 파일"),
        (b"MZ\x90\x00 a program", "올릴 수 없는 형식"),
        (b"<html><script>alert(1)</script></html>", "올릴 수 없는 형식"),
        (files.hwpx(mimetype="application/vnd.ms-excel"), "올릴 수 없는 형식"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "올릴 수 없는 형식"),
        (b"%PDF-1.7 and then nothing", "손상"),
        (files.image()[:150], "손상"),
        (b"PK\x03\x04 not really a zip", "손상"),
        (files.locked_pdf(), "암호"),
        (files.hwp(locked=True), "암호"),
        (files.hwpx(extra={"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "암호"),
        (files.pdf("900101-1234567"), MASK),
        (files.hwpx("번호 900101-2234567 입니다"), MASK),
        (files.hwp("900101-1234567"), MASK),
    ],
)
def test_it_refuses_what_must_not_come_in_and_says_why(data, words):
    with pytest.raises(UnableToTake, match=words):
        examine(data)


def test_a_masked_resident_number_is_fine():
    assert examine(files.pdf("900101-1******")).has_pages


def test_a_zip_bomb_is_not_unpacked():
    bomb = files.hwpx(extra={"Contents/section1.xml": b"0" * (61 * 1024 * 1024)})
    assert len(bomb) < 200_000
    with pytest.raises(UnableToTake, match="너무 큰"):
        examine(bomb)
    many = files.hwpx(extra={f"x{n}": "" for n in range(2001)})
    with pytest.raises(UnableToTake, match="너무 큰"):
        examine(many)


def test_an_entry_that_lies_about_its_size_is_refused():
    data = bytearray(files.hwpx(extra={"Contents/section1.xml": b"0" * 5_000_000}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        true = archive.getinfo("Contents/section1.xml").file_size.to_bytes(4, "little")
    assert data.count(true) == 2
    with pytest.raises(UnableToTake):
        examine(bytes(data.replace(true, (100).to_bytes(4, "little"))))


def test_a_pixel_bomb_is_not_decoded():
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    with pytest.raises(UnableToTake, match="사진이 너무 큽니다"):
        examine(bomb.getvalue())


def test_a_photograph_stands_upright_and_tells_nothing_about_its_maker():
    data = files.image("JPEG", (60, 40), orientation=6)  # turned: the dark left edge belongs to the top
    assert b"SecretCameraMaker" in data
    clean = examine(data).data
    assert b"SecretCameraMaker" not in clean
    picture = Image.open(io.BytesIO(clean))
    assert picture.size == (40, 60)
    assert not picture.getexif()
    assert picture.convert("L").getpixel((20, 2)) < 60 < picture.convert("L").getpixel((20, 55))


def test_a_very_large_photograph_is_made_smaller():
    data = io.BytesIO()
    Image.new("RGB", (6_000, 3_000), "white").save(data, "JPEG")
    assert max(Image.open(io.BytesIO(examine(data.getvalue()).data)).size) <= paper.LONG_EDGE


def test_too_large_too_many_and_twice_the_same(draft, settings):
    settings.UPLOAD_MAX_BYTES = 2_000
    with pytest.raises(UnableToTake, match="넘습니다"):
        add(draft, files.pdf() + b" " * 2_000)
    first = add(draft, files.pdf("0"))
    assert add(draft, files.pdf("0")).pk == first.pk
    for number in range(1, 5):
        add(draft, files.pdf(str(number)))
    with pytest.raises(UnableToTake, match="5개까지"):
        add(draft, files.pdf("six"))
    assert add(draft, files.pdf("six"), kind="other")


def test_a_resident_number_in_the_name_and_an_unasked_kind_are_refused(draft):
    with pytest.raises(UnableToTake, match="파일 이름"):
        add(draft, files.pdf(), name="홍길동 900101-1234567.pdf")
    with pytest.raises(UnableToTake, match="받지 않는 서류"):
        add(draft, files.pdf(), kind="passport")


def test_without_the_consents_nothing_is_kept(draft, cast):
    applying.remember(draft.pk, "consents", {}, actor=Actor.citizen(draft.owner))
    draft.refresh_from_db()
    with pytest.raises(UnableToTake, match="동의"):
        add(draft, files.pdf())
    assert not Document.objects.exists()


def test_pages_are_drawn_for_the_officer(draft):
    kept = add(draft, files.pdf(pages=3))
    assert kept.pictures == "waiting"
    assert documents.make_pictures(kept.pk) == "ready"
    assert list(kept.pages.order_by("number").values_list("number", "height")) == [(1, 1600), (2, 1600), (3, 1600)]
    with kept.pages.first().image.open() as file:
        assert Image.open(file).format == "JPEG"
    assert documents.make_pictures(kept.pk) == ""
    assert kept.pages.count() == 3


def test_no_more_than_thirty_pages_are_drawn(draft):
    kept = add(draft, files.pdf(pages=40))
    documents.make_pictures(kept.pk)
    assert kept.pages.count() == paper.MOST_PAGES


def test_a_photograph_is_its_own_page_and_hwp_has_none(draft):
    photo = add(draft, files.image("PNG", (2_000, 1_000)))
    documents.make_pictures(photo.pk)
    assert list(photo.pages.values_list("width", "height")) == [(1600, 800)]
    assert add(draft, files.hwpx()).pictures == "none"


def test_what_cannot_be_drawn_is_marked_as_failed(draft):
    kept = add(draft, files.pdf())
    kept.file.storage.delete(kept.file.name)
    assert documents.make_pictures(kept.pk) == "failed"


def test_pictures_whose_asking_was_lost_are_found_again(draft, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(documents, "send_hint", lambda *args, **kwargs: False)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        kept = add(draft, files.pdf())
    assert callbacks
    assert documents.waiting_for_pictures(timezone.now()) == []
    assert documents.waiting_for_pictures(timezone.now() + dt.timedelta(minutes=2)) == [kept.pk]


def test_removing_deletes_files_and_pages(draft, django_capture_on_commit_callbacks):
    kept = add(draft, files.pdf())
    documents.make_pictures(kept.pk)
    names = [kept.file.name, kept.pages.get().image.name]
    with django_capture_on_commit_callbacks(execute=True):
        documents.remove(kept, actor=Actor.citizen(draft.owner))
        documents.remove(kept, actor=Actor.citizen(draft.owner))
    assert not DocumentPage.objects.exists()
    assert not any(kept.file.storage.exists(name) for name in names)


def test_what_was_submitted_stays_and_only_a_supplement_adds_to_it(cast):
    owner = c.citizen()
    actor = Actor.citizen(owner)
    application = cast.receive(applicant=owner)
    file = SimpleUploadedFile("등본.pdf", files.pdf())
    with pytest.raises(UnableToTake, match="보완 요청"):
        documents.add_to_application(application, "register", file, actor=actor)
    until = timezone.localdate() + dt.timedelta(days=7)
    ask = {"note": "등본을 내십시오.", "until": until, "document_kinds": ["register"]}
    perform(application, "request_supplement", actor=cast.officer, data=ask)
    file.seek(0)
    added = documents.add_to_application(application, "register", file, actor=actor)
    file.seek(0)
    assert documents.add_to_application(application, "register", file, actor=actor).pk == added.pk
    with pytest.raises(UnableToTake, match="없는 서류"):
        documents.add_to_application(application, "lease", SimpleUploadedFile("a.pdf", files.pdf("b")), actor=actor)
    perform(application, "answer_supplement", actor=actor, data={"answer": "냈습니다."})
    added.application.refresh_from_db()
    with pytest.raises(UnableToTake, match="이미 제출한"):
        documents.remove(added, actor=actor)


def test_the_same_file_may_answer_a_supplement_request(cast):
    owner = c.citizen()
    actor = Actor.citizen(owner)
    application = cast.receive(applicant=owner)
    until = timezone.localdate() + dt.timedelta(days=7)
    ask = {"note": "등본을 내십시오.", "until": until, "document_kinds": ["register"]}
    for times in (1, 2):
        application.refresh_from_db()
        perform(application, "request_supplement", actor=cast.officer, data=ask)
        file = SimpleUploadedFile("등본.pdf", files.pdf())
        documents.add_to_application(application, "register", file, actor=actor)
        assert application.documents.count() == times
        perform(application, "answer_supplement", actor=actor, data={"answer": ""})
