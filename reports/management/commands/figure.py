import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from reports import figures, questions
from reports.asking import UnableToAsk, answer, parse_question
from reports.rows import recount, value_and_rows


class Command(BaseCommand):
    requires_system_checks = ()  # they take longer than the answer
    help = "Print one figure as JSON: name, value, unit, as_of, since, known_at, rows (count, sha256, url), query."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="door_guard.applications, portal.on_time_rate, …")
        parser.add_argument("--as-of", default="", help="a day, inclusive until 24:00 in Seoul; default today")
        parser.add_argument("--since", default="", help="the first day counted, of figures that happen over days")
        parser.add_argument("--known-at", default="", help="a moment; default: all that is known now")
        parser.add_argument("--district", default="", help="5-digit code; default: the whole city")
        parser.add_argument("--program", default="", help="code of one programme; default: all")
        parser.add_argument("--item", default="", help="code of a budget project, of any level: night-watch, …")
        parser.add_argument("--object-code", default="", help="of the budget: one object code, 201-01")
        parser.add_argument("--fiscal-year", default="", help="of the budget; default: the as-of day's")
        parser.add_argument(
            "--recount",
            action="store_true",
            help="also count the rows one by one, without the roll-ups, and fail when they are others",
        )

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            figure = figures.get(name)
            question = parse_question(
                as_of=options["as_of"],
                known_at=options["known_at"],
                district=options["district"],
                program=options["program"],
                since=options["since"],
                item=options["item"],
                object_code=options["object_code"],
                fiscal_year=options["fiscal_year"],
            )
            answered = answer(figure, question)
            if options["recount"]:
                self._recount(figure, question)
        except (questions.UnknownFigure, questions.Unanswerable, UnableToAsk) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(answered, ensure_ascii=False))

    def _recount(self, figure: figures.Figure, question: questions.Question) -> None:
        """What is written between the two ways of counting makes them differ once, but not three times."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        for _attempt in range(3):
            _value, summed = value_and_rows(figure, question)
            counted = recount(figure, question)
            if counted == summed:
                return
        raise CommandError(
            f"the roll-ups say {summed.count} rows ({summed.sha256}), the events {counted.count} "
            f"({counted.sha256}): run rebuild_rollups"
        )
