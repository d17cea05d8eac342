import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports import figures
from reports.asking import UnableToAsk, answer, parse_question


class Command(BaseCommand):
    help = "Print one figure as JSON: name, value, unit, as_of, known_at, rows (count, sha256, url), query."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="door_guard.applications, portal.on_time_rate, …")
        parser.add_argument("--as-of", default="", help="a day, inclusive until 24:00 in Seoul; default today")
        parser.add_argument("--known-at", default="", help="a moment; default: all that is known now")
        parser.add_argument("--district", default="", help="5-digit code; default: the whole city")
        parser.add_argument("--program", default="", help="code of one programme; default: all")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            figure = figures.get(name)
            question = parse_question(
                as_of=options["as_of"],
                known_at=options["known_at"],
                district=options["district"],
                program=options["program"],
            )
            answered = answer(figure, question)
        except (figures.UnknownFigure, figures.NotReproducible, UnableToAsk) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(answered, ensure_ascii=False))
