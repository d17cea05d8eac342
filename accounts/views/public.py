"""The two statements the law asks of every public site."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """개인정보처리방침 (개인정보 보호법 §30)."""
    return render(request, "accounts/privacy.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far the portal meets KWCAG 2.2, and what to do where it does not."""
    return render(request, "accounts/accessibility.html")
