from django.http import HttpRequest, HttpResponse


def placeholder(request: HttpRequest) -> HttpResponse:
    """Stands in until the page lands (removed within this step)."""
    return HttpResponse("…")
