"""KakaoTalk AlimTalk through Solapi, with its own fall-back to SMS/LMS when the person has no KakaoTalk.

The texts approved for AlimTalk are Korean; one in another language goes as SMS/LMS."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from notifications.channels.base import PermanentFailure
from notifications.templates import template as message_template


class SolapiChannel:
    def send(
        self, *, key: str, to: str, template: str, title: str, body: str, variables: dict[str, Any], language: str
    ) -> str:
        # Imported where it sends: the library takes a second, and every process would wait for it at its start.
        from solapi import SolapiMessageService  # noqa: PLC0415
        from solapi.model import RequestMessage  # noqa: PLC0415
        from solapi.model.kakao.kakao_option import KakaoOption  # noqa: PLC0415

        conf = settings.SOLAPI
        if not (conf["api_key"] and conf["sender"]):
            raise PermanentFailure("SOLAPI_API_KEY and SOLAPI_SENDER are not set")
        provider_id = message_template(template).provider_id
        kakao = None
        if conf["pf_id"] and provider_id and language == "ko":
            kakao = KakaoOption(
                pf_id=conf["pf_id"],
                template_id=provider_id,
                variables={f"#{{{name}}}": str(value) for name, value in variables.items()},
            )
        request = RequestMessage(
            to=to,
            from_=conf["sender"],
            text=body,
            subject=title[:40],
            kakao_options=kakao,
            custom_fields={"key": key},
        )
        response = SolapiMessageService(api_key=conf["api_key"], api_secret=conf["api_secret"]).send(request)
        return response.group_info.group_id
