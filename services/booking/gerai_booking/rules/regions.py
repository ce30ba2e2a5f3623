"""Names of regencies and districts by their code of Kemendagri. Standard library only.

Kepmendagri 300.2.2-2138/2025. The regencies that the sample sites lie in or serve, and the districts of
Lebak, which asked for a work unit of its own; whoever deploys elsewhere adds their own. A code without a
name is shown as it is.
"""

REGENCIES = {
    "36.01": "Kabupaten Pandeglang",
    "36.02": "Kabupaten Lebak",
    "36.03": "Kabupaten Tangerang",
    "36.04": "Kabupaten Serang",
    "36.71": "Kota Tangerang",
    "36.72": "Kota Cilegon",
    "36.73": "Kota Serang",
    "36.74": "Kota Tangerang Selatan",
    "75.01": "Kabupaten Gorontalo",
    "75.02": "Kabupaten Boalemo",
    "75.03": "Kabupaten Bone Bolango",
    "75.04": "Kabupaten Pohuwato",
    "75.05": "Kabupaten Gorontalo Utara",
    "75.71": "Kota Gorontalo",
}

_OF_LEBAK = (
    "Malingping", "Panggarangan", "Bayah", "Cipanas", "Muncang", "Leuwidamar", "Bojongmanik",
    "Gunungkencana", "Banjarsari", "Cileles", "Cimarga", "Sajira", "Maja", "Rangkasbitung",
    "Warunggunung", "Cijaku", "Cikulur", "Cibadak", "Cibeber", "Cilograng", "Wanasalam",
    "Sobang", "Curugbitung", "Kalanganyar", "Lebakgedong", "Cihara", "Cirinten", "Cigemblong",
)  # fmt: skip
DISTRICTS = {f"36.02.{number:02d}": name for number, name in enumerate(_OF_LEBAK, start=1)}


def district_name(code: str) -> str:
    """Return the name of a district, or its code where the name is not known."""
    return DISTRICTS.get(code, code)


def regency_name(code: str) -> str:
    """Return the name of a regency or city, or its code where the name is not known."""
    return REGENCIES.get(code, code)
