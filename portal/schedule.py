"""What the beat starts by itself, and when (Asia/Seoul)."""

from celery.schedules import crontab

SCHEDULE = {
    "sweep the outbox": {"task": "notifications.tasks.deliver_due", "schedule": 5.0},
    "worker heartbeat": {"task": "notifications.tasks.beat_heart", "schedule": 15.0},
    "expire what is past its time": {"task": "programs.tasks.expire", "schedule": crontab(minute="*/5")},
    "ask again for page pictures": {"task": "programs.tasks.picture_waiting", "schedule": 60.0},
    "ask again for imports and exports": {"task": "programs.file_tasks.wake_for_unfinished", "schedule": 60.0},
    "door guard: subsidies and agreements": {
        "task": "safety.doorguard.tasks.advance_services",
        "schedule": crontab(hour=0, minute=10),
    },
    "door guard: monthly claims": {
        "task": "safety.doorguard.tasks.compute_claims",
        "schedule": crontab(day_of_month=1, hour=1, minute=0),
    },
    "escort: offers and missed requests": {"task": "hospital.tasks.watch_requests", "schedule": 60.0},
    "escort: the survey after a trip": {"task": "hospital.tasks.ask_about_trips", "schedule": 600.0},
    "escort: overdue fees": {"task": "hospital.tasks.remind_of_fees", "schedule": crontab(hour=10, minute=0)},
    "escort: monthly settlements": {
        "task": "hospital.tasks.compute_settlements",
        "schedule": crontab(day_of_month=1, hour=1, minute=20),
    },
    "escort: destroy what is due": {"task": "hospital.tasks.destroy_due", "schedule": crontab(hour=3, minute=40)},
    "roll up events": {"task": "reports.tasks.roll_up", "schedule": 60.0},
    "the ledger adds up": {"task": "budget.tasks.check_ledger", "schedule": crontab(hour=3, minute=50)},
    "access log partitions": {"task": "accounts.tasks.rotate_access_log", "schedule": crontab(hour=3, minute=10)},
    "destroy what is due": {"task": "programs.tasks.destroy_due", "schedule": crontab(hour=3, minute=30)},
    "surveys: comments of a year ago": {
        "task": "surveys.tasks.destroy_comments",
        "schedule": crontab(hour=3, minute=35),
    },
    "surveys: whom they went to": {
        "task": "surveys.tasks.forget_recipients",
        "schedule": crontab(hour=3, minute=40),
    },
    "door guard: survey of the year": {
        "task": "safety.doorguard.tasks.survey_households",
        "schedule": crontab(month_of_year=12, hour=10, minute=0),
    },
}
