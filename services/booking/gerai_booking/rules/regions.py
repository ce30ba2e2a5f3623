"""Names of provinces and regencies by their code of Kemendagri. Standard library only.

Kepmendagri 300.2.2-2138/2025: the regencies that the sample sites lie in or serve; whoever deploys elsewhere
adds their own. A code without a name is shown as it is. BPS counts those of Gorontalo otherwise.
"""

from collections.abc import Mapping

PROVINCES: Mapping[str, str] = {"36": "Banten", "75": "Gorontalo"}

REGENCIES: Mapping[str, str] = {
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
