"""The one message of this app. Its provider approves its words once, for all surveys."""
# ruff: noqa: E501 - a notice is easier to proof-read in one line

from __future__ import annotations

from notifications.templates import MessageTemplate, register_template

INVITATION = "survey.invitation"


def register_letters() -> None:
    register_template(
        MessageTemplate(
            key=INVITATION,
            title={"ko": "#{서비스}, 어떠셨습니까?", "en": "#{서비스}: how was it?"},
            body={
                "ko": "[안심서울] #{조사}\n‘#{서비스}’ 이용은 어떠셨습니까? 짧은 물음에 답해 주시면 서비스를 고치는 데 쓰겠습니다. 로그인하지 않아도 됩니다.\n답하기: #{바로가기}\n#{기한}까지 한 번 답하실 수 있습니다. 답은 통계로만 씁니다.",
                "en": "[Ansim Seoul] #{조사}\nHow was ‘#{서비스}’? A few short questions help us to make it better. You need not sign in.\nAnswer here: #{바로가기}\nYou can answer once, until #{기한}. Answers are only used as statistics.",
            },
        )
    )
