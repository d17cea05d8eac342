"""Seoul's 25 districts and 426 administrative dongs: reference data that every installation needs."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"
# Rows of the map of tiles, each with its districts by column; neighbours touch.
TILES = {
    1: {4: "강북구", 5: "도봉구"},
    2: {2: "은평구", 3: "종로구", 4: "성북구", 5: "노원구"},
    3: {2: "서대문구", 3: "중구", 4: "동대문구", 5: "중랑구"},
    4: {1: "강서구", 2: "마포구", 3: "용산구", 4: "성동구", 5: "광진구", 6: "강동구"},
    5: {1: "양천구", 2: "영등포구", 3: "동작구", 4: "서초구", 5: "강남구", 6: "송파구"},
    6: {1: "구로구", 2: "금천구", 3: "관악구"},
}


def load(apps, schema_editor):
    District, AdminDong = apps.get_model("accounts", "District"), apps.get_model("accounts", "AdminDong")
    tile = {name: (row, column) for row, columns in TILES.items() for column, name in columns.items()}
    with (DATA / "districts.csv").open(encoding="utf-8") as file:
        District.objects.bulk_create(
            District(
                code=row["code5"], name_ko=row["name_ko"], name_en=row["name_en"],
                lat=row["lat"], lon=row["lon"],
                tile_row=tile[row["name_ko"]][0], tile_column=tile[row["name_ko"]][1],
            )
            for row in csv.DictReader(file)
        )
    with (DATA / "admin_dongs.csv").open(encoding="utf-8") as file:
        AdminDong.objects.bulk_create(
            AdminDong(code=row["dong_code"], district_id=row["district_code"], name=row["dong"])
            for row in csv.DictReader(file)
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_access_log")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
