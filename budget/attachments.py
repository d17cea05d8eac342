"""Documents attached to a voucher: checked by their content, kept sealed, given out only as downloads."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import Actor
from accounts.uploads import UnableToTake, take_in
from budget.models import Voucher, VoucherFile

ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.hwpx,.hwp,.xlsx,application/pdf,image/*"
MAX_FILES = 20


def attach_file(voucher_id: int, upload: UploadedFile, *, actor: Actor) -> VoucherFile:
    """Keep one file with a voucher of the actor's organisation; the same file twice is one. Raises UnableToTake,
    Voucher.DoesNotExist."""
    if actor.membership is None:
        raise Voucher.DoesNotExist
    incoming = take_in(upload, sheets=True)
    with transaction.atomic():
        own: Any = Voucher.objects.visible_to(actor).filter(organisation=actor.organisation_id)
        voucher = own.select_for_update(of=("self",)).get(pk=voucher_id)
        if same := voucher.files.filter(sha256=incoming.sha256).first():
            return same
        if voucher.files.count() >= MAX_FILES:
            raise UnableToTake(_("문서마다 파일을 %(n)s개까지 붙일 수 있습니다.") % {"n": MAX_FILES})
        name = uuid.uuid4().hex
        kept = default_storage.save(f"vouchers/{name[:2]}/{name}", ContentFile(incoming.taken.data))
        try:
            return VoucherFile.objects.create(
                voucher=voucher, filename=incoming.filename, file=kept, content_type=incoming.taken.content_type,
                size=len(incoming.taken.data), sha256=incoming.sha256, uploaded_by=actor.membership.user,
            )  # fmt: skip
        except Exception:
            default_storage.delete(kept)
            raise


@transaction.atomic
def remove_file(voucher_id: int, key: Any, *, actor: Actor) -> None:
    """Take back a file attached by oneself, while the voucher is a draft. Raises UnableToTake."""
    own: Any = Voucher.objects.visible_to(actor).filter(organisation=actor.organisation_id)
    voucher = own.select_for_update(of=("self",)).get(pk=voucher_id)
    file = voucher.files.get(key=key)
    if voucher.state != Voucher.State.DRAFT or file.uploaded_by_id != actor.user_id:
        raise UnableToTake(_("작성 중인 문서에 자신이 붙인 파일만 지울 수 있습니다."))
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(file.file))
