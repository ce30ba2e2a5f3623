"""Names of regions by their Kemendagri codes (Kepmendagri 300.2.2-2138 of 2025). Standard library only.

Not the codes of BPS: in Gorontalo the two differ (75.01 is the regency of Gorontalo here, Boalemo there).
"""

PROVINCES = {
    "11": "Aceh",
    "12": "Sumatera Utara",
    "13": "Sumatera Barat",
    "14": "Riau",
    "15": "Jambi",
    "16": "Sumatera Selatan",
    "17": "Bengkulu",
    "18": "Lampung",
    "19": "Kepulauan Bangka Belitung",
    "21": "Kepulauan Riau",
    "31": "DKI Jakarta",
    "32": "Jawa Barat",
    "33": "Jawa Tengah",
    "34": "Daerah Istimewa Yogyakarta",
    "35": "Jawa Timur",
    "36": "Banten",
    "51": "Bali",
    "52": "Nusa Tenggara Barat",
    "53": "Nusa Tenggara Timur",
    "61": "Kalimantan Barat",
    "62": "Kalimantan Tengah",
    "63": "Kalimantan Selatan",
    "64": "Kalimantan Timur",
    "65": "Kalimantan Utara",
    "71": "Sulawesi Utara",
    "72": "Sulawesi Tengah",
    "73": "Sulawesi Selatan",
    "74": "Sulawesi Tenggara",
    "75": "Gorontalo",
    "76": "Sulawesi Barat",
    "81": "Maluku",
    "82": "Maluku Utara",
    "91": "Papua",
    "92": "Papua Barat",
    "93": "Papua Selatan",
    "94": "Papua Tengah",
    "95": "Papua Pegunungan",
    "96": "Papua Barat Daya",
}

#: Regencies and cities of the provinces in which there are sites.
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


def region_name(code: str) -> str:
    """Return the name of a regency (36.02) or province (36).

    A regency whose name is not kept is told by code and province; an unknown code is returned as it is.
    """
    if code in REGENCIES:
        return REGENCIES[code]
    if code in PROVINCES:
        return PROVINCES[code]
    province = PROVINCES.get(code[:2])
    return f"{code} ({province})" if province else code


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
