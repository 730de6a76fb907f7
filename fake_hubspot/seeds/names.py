"""Names from many languages and writing directions, for generated contacts."""

__all__ = ["FIRST_NAMES", "LAST_NAMES"]

# fmt: off
FIRST_NAMES = (
    "Ada", "Åse", "Bjørn", "Chloé", "Dag", "Eirik", "Fatima", "Gyða",
    "Håkon", "Ingrid", "Jürgen", "Kjersti", "Łukasz", "María", "Nguyễn", "Øystein",
    "Pål", "Renée", "Siân", "Søren", "Tōru", "Ümit", "Vigdís", "Wei",
    "Xóchitl", "Yusuf", "Zoë", "山田", "王伟", "김민준", "Владимир", "Ольга",
    "Γιώργος", "محمد", "فاطمة", "נועה", "आरव", "สมชาย", "Ọlá", "Željko",
)
LAST_NAMES = (
    "Hansen", "Nordmann", "O'Brien", "D'Angelo", "Müller", "Nuñez", "Þórsson", "Østby",
    "Çelik", "Ångström", "Dvořák", "Kowalski-Wójcik", "McDonald", "Smith-Jones", "Nguyễn", "佐藤",
    "李", "박", "Петров", "Παπαδόπουλος", "الحسن", "כהן", "शर्मा", "Sæther",
    "Vandenberghe", "Ibsen", "Ólafsdóttir", "Lindqvist", "Garcia", "Haugen",
)
# fmt: on
