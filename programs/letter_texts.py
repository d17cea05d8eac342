"""The words of the STANDARD workflow's notices, Korean (as the AlimTalk provider approved them) and English."""

from programs.letters import application_letter


def register_letters() -> None:
    """The STANDARD workflow's notices."""
    application_letter(
        "received",
        (
            "신청이 접수되었습니다",
            "‘#{사업}’ 신청이 #{접수일}에 접수되었습니다. #{처리기한}까지 결과를 알려 드립니다.",
        ),
        (
            "We received your application",
            "your application for #{사업} was received on #{접수일}. You will hear from us by #{처리기한}.",
        ),
    )
    application_letter(
        "supplement_requested",
        (
            "보완이 필요합니다",
            "‘#{사업}’ 신청을 검토하려면 다음이 더 필요합니다.\n#{내용}\n\n#{보완기한}까지 포털에서 내 주십시오. 보완하는 동안은 처리기간에 들어가지 않으며 접수 순서는 그대로입니다. 기한 연장은 두 번까지 요청할 수 있습니다.",
        ),
        (
            "More is needed",
            "to screen your application for #{사업} we need:\n#{내용}\n\nPlease supply it in the portal by #{보완기한}. The processing period stands still meanwhile and your place in the queue is kept.",
        ),
    )
    application_letter(
        "supplement_extended",
        ("보완 기한을 연장하였습니다", "‘#{사업}’ 신청의 보완 기한을 #{보완기한}까지 연장하였습니다."),
        (
            "You have more time",
            "you now have until #{보완기한} to supply what is missing from your application for #{사업}.",
        ),
    )
    application_letter(
        "supplement_received",
        ("보완 내용을 받았습니다", "‘#{사업}’ 신청의 보완 내용을 받았습니다. #{처리기한}까지 결과를 알려 드립니다."),
        (
            "We received your supplement",
            "we received what was missing from your application for #{사업}. You will hear from us by #{처리기한}.",
        ),
    )
    application_letter(
        "extended",
        ("처리기간을 연장합니다", "‘#{사업}’ 신청의 처리기간을 #{처리기한}까지 연장합니다.\n사유: #{내용}"),
        (
            "More time is needed",
            "we need until #{처리기한} to decide on your application for #{사업}.\nReason: #{내용}",
        ),
    )
    application_letter(
        "transferred",
        (
            "다른 자치구로 옮겨 처리합니다",
            "‘#{사업}’ 신청을 #{자치구}(으)로 옮겼습니다. 접수한 때는 그대로입니다.\n사유: #{내용}",
        ),
        (
            "Your application was transferred",
            "your application for #{사업} was transferred to #{자치구}. Its time of receipt is kept.\nReason: #{내용}",
        ),
    )
    application_letter(
        "selected",
        (
            "지원 대상으로 선정되었습니다",
            "‘#{사업}’ 지원 대상으로 선정되었습니다. 서비스 제공을 위해 곧 연락드립니다.",
        ),
        (
            "You have been selected",
            "you have been selected for #{사업}. You will be contacted soon about the service.",
        ),
    )
    application_letter(
        "waitlisted",
        (
            "대기자로 결정되었습니다",
            "‘#{사업}’ 자격은 확인되었으나 정원이 차서 대기 #{대기순번}번으로 결정되었습니다. 자리가 나면 순번대로 알려 드립니다.",
        ),
        (
            "You are on the waiting list",
            "you qualify for #{사업}, but all places are taken. You are number #{대기순번} on the waiting list and will be told when a place is free.",
        ),
        remedy=True,
    )
    application_letter(
        "offered",
        (
            "자리가 났습니다",
            "‘#{사업}’ 대기 순번이 되었습니다. #{수락기한}까지 포털에서 수락하여 주십시오. 기한이 지나면 다음 분께 넘어갑니다.",
        ),
        (
            "A place is free",
            "a place in #{사업} is now yours. Please accept it in the portal by #{수락기한}; after that it goes to the next person.",
        ),
    )
    application_letter(
        "offer_lapsed",
        ("수락 기한이 지났습니다", "‘#{사업}’ 승계 수락 기한이 지나 대기가 끝났습니다."),
        (
            "The offer has lapsed",
            "the time to accept the place in #{사업} is over, so your place on the waiting list has ended.",
        ),
        remedy=True,
    )
    application_letter(
        "rejected",
        ("선정되지 않았습니다", "‘#{사업}’에 선정되지 않았습니다.\n사유: #{사유}\n#{내용}"),
        ("You were not selected", "you were not selected for #{사업}.\nReason: #{사유}\n#{내용}"),
        remedy=True,
    )
    application_letter(
        "returned",
        (
            "신청서를 되돌려 드립니다",
            "‘#{사업}’ 신청서를 되돌려 드립니다.\n사유: #{내용}\n접수 기간 안이면 다시 신청할 수 있습니다.",
        ),
        (
            "Your application was returned",
            "your application for #{사업} is returned unprocessed.\nReason: #{내용}\nYou may apply again while applications are received.",
        ),
        remedy=True,
    )
    application_letter(
        "withdrawn",
        ("신청이 취하되었습니다", "‘#{사업}’ 신청이 취하되었습니다. 접수 기간이면 다시 신청할 수 있습니다."),
        (
            "Your application was withdrawn",
            "your application for #{사업} was withdrawn. You may apply again while applications are received.",
        ),
    )
    application_letter(
        "selection_cancelled",
        ("선정이 취소되었습니다", "‘#{사업}’ 선정이 취소되었습니다.\n사유: #{내용}"),
        ("Your selection was cancelled", "your selection for #{사업} was cancelled.\nReason: #{내용}"),
        remedy=True,
    )
    application_letter(
        "objection_filed",
        (
            "이의신청이 접수되었습니다",
            "‘#{사업}’ 결정에 대한 이의신청이 접수되었습니다. 처음 결정한 사람이 아닌 다른 담당자가 #{결정기한}까지 결정합니다.",
        ),
        (
            "We received your objection",
            "your objection about #{사업} was received. Someone other than the first decider will decide by #{결정기한}.",
        ),
    )
    application_letter(
        "objection_extended",
        (
            "이의신청 결정 기한을 연장합니다",
            "‘#{사업}’ 이의신청의 결정 기한을 #{결정기한}까지 연장합니다.\n사유: #{내용}",
        ),
        (
            "More time for your objection",
            "we need until #{결정기한} to decide on your objection about #{사업}.\nReason: #{내용}",
        ),
    )
    application_letter(
        "objection_upheld",
        (
            "이의신청을 받아들였습니다",
            "‘#{사업}’ 이의신청을 받아들였습니다. 빈자리가 있으면 바로 선정되고, 없으면 다음 빈자리에 가장 먼저 선정됩니다.\n#{내용}",
        ),
        (
            "Your objection was upheld",
            "your objection about #{사업} was upheld. You take a free place now, or the very next one.\n#{내용}",
        ),
    )
    application_letter(
        "objection_dismissed",
        (
            "이의신청을 받아들이지 않았습니다",
            "‘#{사업}’ 이의신청을 받아들이지 않았습니다.\n이유: #{내용}\n\n행정심판은 안 날부터 90일 안에 청구할 수 있습니다.",
        ),
        (
            "Your objection was dismissed",
            "your objection about #{사업} was dismissed.\nReason: #{내용}\n\nYou may seek an administrative appeal within 90 days.",
        ),
    )
