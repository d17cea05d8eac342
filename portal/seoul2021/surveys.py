"""The satisfaction surveys of the programmes. The report of 2 November 2021 names only "만족도 조사" (the door guard's
in December, the escort's after a trip); every question here is the portal's own."""

from __future__ import annotations

from django.db import transaction

from surveys.editing import write_questions
from surveys.models import Survey

_SCALE = "scale"
_INTRO = "다섯 문항에 답하는 데 1분쯤 걸립니다. 누가 답했는지는 밝히지 않습니다."
_INTRO_EN = "Five questions, about a minute. Nobody is told who answered."

SURVEYS = {
    "door-guard": (
        {"title": "안전 도어지킴이 만족도 조사", "title_en": "Door Guard satisfaction survey", "valid_days": 21},
        (
            ("신청하고 선정되기까지 편리했다", "Applying and being selected was easy"),
            ("설치 기사가 약속을 지키고 친절했다", "The installer kept the appointment and was kind"),
            ("카메라와 앱을 쓰기 쉽다", "The camera and its app are easy to use"),
            ("집에 있을 때 전보다 안심이 된다", "I feel safer at home than before"),
            ("보조 기간이 끝나도 계속 쓰고 싶다", "I want to go on using it when the subsidy ends"),
        ),
    ),
    "hospital-escort": (
        {"title": "병원 안심동행 만족도 조사", "title_en": "Hospital Escort satisfaction survey", "valid_days": 14},
        (
            ("신청하기가 편리했다", "It was easy to book"),
            ("동행매니저가 약속한 시간을 지켰다", "The escort manager was on time"),
            ("동행매니저가 친절하고 전문적이었다", "The escort manager was kind and professional"),
            ("병원 안에서 필요한 도움을 받았다", "I got the help I needed in the hospital"),
            ("다음에도 이용하고 싶다", "I would use it again"),
        ),
    ),
}


@transaction.atomic
def load_surveys() -> None:
    """Those that are not there yet; what the city changed since stays."""
    for code, (fields, questions) in SURVEYS.items():
        survey, made = Survey.objects.get_or_create(
            code=code, defaults={"programme": code, "intro": _INTRO, "intro_en": _INTRO_EN, **fields}
        )
        if made:
            write_questions(
                survey, [{"kind": _SCALE, "text": text, "text_en": english} for text, english in questions]
            )
