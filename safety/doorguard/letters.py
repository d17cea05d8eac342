"""The notices of the time after selection. Texts in Korean and English; variables are filled in the letter's language."""
# ruff: noqa: E501 - a notice is easier to proof-read in one line

from __future__ import annotations

from programs.letters import application_letter


def register_letters() -> None:
    application_letter(
        "handed_over",
        (
            "보안업체에 연결하였습니다",
            "‘#{사업}’ 설치를 위해 동의하신 대로 #{업체}에 이름, 연락처, 주소를 전하였습니다. 업체가 전화하여 방문 날짜를 정합니다.",
        ),
        (
            "The security company will call you",
            "to install #{사업}, we passed your name, phone and address to #{업체} as you agreed. They will call you to set a date.",
        ),
    )
    application_letter(
        "install_scheduled",
        (
            "설치 방문 날짜가 정해졌습니다",
            "‘#{사업}’ 설치를 위해 #{업체}이(가) #{방문일시}에 방문합니다. 날짜를 바꾸려면 업체에 알려 주십시오.",
        ),
        (
            "Your installation date",
            "#{업체} will visit you on #{방문일시} to install #{사업}. Please tell them if you need another date.",
        ),
    )
    application_letter(
        "installed",
        (
            "설치가 끝났습니다",
            "#{설치일}에 ‘#{사업}’ 설치가 끝났습니다. #{보조종료일}까지 이용료를 보조하며, 그동안 내실 금액은 월 #{자부담}원입니다.",
        ),
        (
            "Installation is done",
            "#{사업} was installed on #{설치일}. The fee is subsidised until #{보조종료일}; until then you pay #{자부담} won a month.",
        ),
    )
    application_letter(
        "install_impossible",
        (
            "설치할 수 없어 선정이 취소되었습니다",
            "‘#{사업}’을(를) 설치할 수 없어 선정이 취소되었습니다.\n사유: #{사유}\n#{내용}",
        ),
        (
            "It could not be installed",
            "#{사업} could not be installed, so your selection was cancelled.\nReason: #{사유}\n#{내용}",
        ),
        remedy=True,
    )
    application_letter(
        "subsidy_ending",
        (
            "이용료 보조가 곧 끝납니다",
            "‘#{사업}’ 이용료 보조가 #{보조종료일}에 끝납니다. 그 뒤에도 #{약정종료일}까지 협약가 월 #{협약가}원으로 이용할 수 있습니다. 그만 쓰시려면 업체에 알려 주십시오. 중도해지 비용은 약정에 따릅니다.",
        ),
        (
            "Your subsidy ends soon",
            "the subsidy of #{사업} ends on #{보조종료일}. You may go on until #{약정종료일} at the agreed #{협약가} won a month, or tell the company that you wish to stop; your contract says what ending early costs.",
        ),
    )
    application_letter(
        "terminated",
        (
            "중도해지되었습니다",
            "‘#{사업}’ 이용이 #{해지일}에 해지되었습니다.\n사유: #{사유}\n위약금: #{위약금}",
        ),
        (
            "Your service has ended",
            "#{사업} was ended on #{해지일}.\nReason: #{사유}\nPenalty: #{위약금}",
        ),
    )
