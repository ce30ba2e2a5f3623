"""Which office is there for which regency, and who is advised to go to another one."""

from datetime import date

from gerai_booking.agencies.sites import KANIM_SERANG, MPP_LEBAK, POPUP_GORONTALO
from gerai_booking.rules.catalogue import Coverage, Route, Text

PANDEGLANG, LEBAK, SERANG_REGENCY, SERANG_CITY = "36.01", "36.02", "36.04", "36.73"
GORONTALO_CITY = "75.71"
SAMPLE = "Data contoh / sample data"
#: The area as the Ombudsman described it after its visit to the office (S0-4).
OMBUDSMAN = "Ombudsman RI Perwakilan Banten, 2021-11-04"


def coverage() -> tuple[Coverage, ...]:
    """Serang, Pandeglang and Lebak are one office's; the counters in Lebak and Gorontalo are sample data."""
    return (
        *(
            Coverage(site=KANIM_SERANG, regency=regency, basis=OMBUDSMAN, valid_from=date(2021, 11, 1))
            for regency in (SERANG_REGENCY, SERANG_CITY, PANDEGLANG, LEBAK)
        ),
        Coverage(site=MPP_LEBAK, regency=LEBAK, basis=SAMPLE, valid_from=date(2024, 1, 1)),
        Coverage(site=POPUP_GORONTALO, regency=GORONTALO_CITY, basis=SAMPLE, valid_from=date(2026, 1, 1)),
    )


def routes() -> tuple[Route, ...]:
    """Pilgrims of Serang, city and regency, go to Cilegon (S1-9): attested in 2018, and still in May 2023."""
    return (
        Route(
            purposes=("hajj",),
            regencies=(SERANG_REGENCY, SERANG_CITY),
            office=Text(id="Kantor Imigrasi Cilegon", en="Cilegon Immigration Office"),
            why=Text(
                id="Pembagian ini dibuat atas permintaan Kementerian Agama di Banten, agar antrean haji "
                "terbagi di dua kantor.",
                en="The work was divided so at the request of the Ministry of Religious Affairs in "
                "Banten, so that hajj applicants are spread over two offices.",
            ),
            basis="Kantor Imigrasi Serang, 2018-07-11",
            valid_from=date(2018, 7, 11),
        ),
    )
