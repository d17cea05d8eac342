"""What the API says, field by field. Money in won, times with their offset, codes beside their words."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.masking import format_phone
from accounts.models.people import Tenure
from programs.models import Application, Call, DistrictCall, Program
from programs.models.catalogue import SafetyArea
from programs.selectors.catalogue import Reception
from programs.workflow import state_info


class ProgramSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="__str__", help_text="In the language asked for.")
    areas = serializers.ListField(child=serializers.ChoiceField(choices=SafetyArea.choices))
    reception = serializers.ChoiceField(choices=Reception.choices, help_text="Whether it takes applications now.")
    summary = serializers.SerializerMethodField()

    class Meta:
        model = Program
        fields = ["code", "name", "summary", "areas", "reception", "unit", "phone"]

    def get_summary(self, program: Program) -> str:
        return program.localised("summary")


class ShareSerializer(serializers.ModelSerializer):
    """One district's places in a call."""

    district = serializers.CharField(source="district_id", help_text="5-digit code.")
    district_name = serializers.CharField(source="district.__str__")
    opens_at = serializers.DateTimeField(source="effective_opens_at")
    closes_at = serializers.DateTimeField(source="effective_closes_at")
    places_left = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()

    class Meta:
        model = DistrictCall
        fields = ["district", "district_name", "quota", "places_left", "opens_at", "closes_at", "unit", "phone"]

    def get_places_left(self, share: DistrictCall) -> int:
        return max(share.places_left, 0)  # type: ignore[attr-defined] - annotated by the selector

    def get_phone(self, share: DistrictCall) -> str:
        return format_phone(share.phone)


class RuleSerializer(serializers.Serializer):
    text = serializers.CharField()
    basis = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    district = serializers.CharField(allow_null=True, help_text="Null: in every district.")


class RequiredDocumentSerializer(serializers.Serializer):
    kind = serializers.CharField()
    label = serializers.CharField(source="__str__")
    required = serializers.BooleanField()
    district = serializers.CharField(source="district_id", allow_null=True, help_text="Null: in every district.")


class CallSerializer(serializers.ModelSerializer):
    title = serializers.CharField(source="__str__")
    receiving = serializers.SerializerMethodField()
    rules = RuleSerializer(source="rules_now", many=True)
    documents = RequiredDocumentSerializer(many=True)
    districts = ShareSerializer(many=True)

    class Meta:
        model = Call
        fields = [
            "code", "title", "year", "round", "opens_at", "closes_at", "receiving", "selection", "when_full",
            "processing_days", "rules", "documents", "districts",
        ]  # fmt: skip

    def get_receiving(self, call: Call) -> bool:
        return call.is_receiving(self.context["now"])


class ProgramDetailSerializer(ProgramSerializer):
    who = serializers.SerializerMethodField()
    benefit = serializers.SerializerMethodField()
    how = serializers.SerializerMethodField()
    period = serializers.SerializerMethodField()
    call = CallSerializer(allow_null=True, help_text="The call that matters now.")

    class Meta(ProgramSerializer.Meta):
        fields = [*ProgramSerializer.Meta.fields, "who", "benefit", "how", "period", "call"]

    def get_who(self, program: Program) -> str:
        return program.localised("who")

    def get_benefit(self, program: Program) -> str:
        return program.localised("benefit")

    def get_how(self, program: Program) -> str:
        return program.localised("how")

    def get_period(self, program: Program) -> str:
        return program.localised("period")


class FactsSerializer(serializers.Serializer):
    """What the self-check is told. What is left out counts as not known."""

    district = serializers.RegexField(r"^\d{5}$", help_text="5-digit code of the district one lives in.")
    birth_year = serializers.IntegerField(min_value=1900, max_value=2100)
    household_size = serializers.IntegerField(min_value=1, max_value=20, required=False)
    tenure = serializers.ChoiceField(choices=Tenure.choices, required=False)
    deposit = serializers.IntegerField(min_value=0, required=False, allow_null=True, help_text="In won.")
    monthly_rent = serializers.IntegerField(min_value=0, required=False, allow_null=True, help_text="In won.")
    has_wifi = serializers.BooleanField(required=False, allow_null=True)
    hard_to_move = serializers.BooleanField(required=False, allow_null=True)


class ReasonSerializer(serializers.Serializer):
    text = serializers.CharField()
    note = serializers.CharField(help_text="What would change the answer, or what is not known.")
    since = serializers.DateField(allow_null=True)
    basis = serializers.CharField()


class FindingSerializer(serializers.Serializer):
    program = serializers.CharField(source="program.code")
    name = serializers.CharField(source="program.__str__")
    result = serializers.ChoiceField(source="group", choices=["can", "could", "cannot"])
    call = serializers.CharField(source="call.code", default=None, allow_null=True)
    places_left = serializers.SerializerMethodField()
    reasons = ReasonSerializer(many=True)

    def get_places_left(self, finding: Any) -> int | None:
        return max(finding.share.places_left, 0) if finding.share else None


class OwnApplicationSerializer(serializers.ModelSerializer):
    program = serializers.CharField(source="program_id")
    program_name = serializers.CharField(source="program.__str__")
    district = serializers.CharField(source="district_id")
    state_label = serializers.SerializerMethodField()

    class Meta:
        model = Application
        fields = [
            "receipt_no", "program", "program_name", "district", "state", "state_label", "received_at", "due_at",
            "supplement_until", "decided_at", "waitlist_no", "offer_until",
        ]  # fmt: skip

    def get_state_label(self, application: Application) -> str:
        return str(state_info(application).label)


class StepSerializer(serializers.Serializer):
    title = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    who = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=["done", "current", "next"])


class OwnApplicationDetailSerializer(OwnApplicationSerializer):
    meaning = serializers.SerializerMethodField(help_text="What the state means, in plain words.")
    place_in_queue = serializers.IntegerField(allow_null=True)
    timeline = StepSerializer(many=True)

    class Meta(OwnApplicationSerializer.Meta):
        fields = [*OwnApplicationSerializer.Meta.fields, "meaning", "place_in_queue", "timeline"]

    def get_meaning(self, application: Application) -> str:
        return str(state_info(application).plain)


class CaseSerializer(serializers.ModelSerializer):
    """One case of the queue: masked. Names are opened in the portal, with a purpose."""

    program = serializers.CharField(source="program_id")
    district = serializers.CharField(source="district_id")
    name = serializers.CharField(source="masked_name", help_text="Masked: 홍*동.")
    phone = serializers.CharField(source="masked_phone", help_text="Masked: 010-****-1234.")
    state_label = serializers.SerializerMethodField()

    class Meta:
        model = Application
        fields = [
            "receipt_no", "program", "district", "state", "state_label", "name", "phone", "received_at", "due_at",
            "checked_at",
        ]  # fmt: skip

    def get_state_label(self, application: Application) -> str:
        return str(state_info(application).label)


class CasePageSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Pass it as `after` for the next page.")
    previous = serializers.CharField(allow_null=True, help_text="Pass it as `before` for the previous page.")
    results = CaseSerializer(many=True)
