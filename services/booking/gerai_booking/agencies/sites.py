"""The sample sites, described once for every agency with counters there. Hours and dates are sample data."""

from datetime import date, time, timedelta

from gerai_booking.rules.catalogue import Break, Site, Text, WeeklyHours

MPP_LEBAK = "mpp-lebak"
KANIM_SERANG = "kanim-serang"
POPUP_GORONTALO = "popup-gorontalo"
KANIM_GORONTALO = "kanim-gorontalo"

SATURDAY = 5
MONDAY_TO_THURSDAY = range(4)
FRIDAY = 4
#: The sample pop-up comes back every month. Its dates are written down and do not move with the day on which
#: a process starts: a counter that is restarted in the morning of the day must still find its site open.
POPUP_YEARS = range(2026, 2031)


def mpp_lebak() -> Site:
    """The mall of Lebak in a plaza in Rangkasbitung: weekdays 08:00-15:00 WIB, a longer break on Fridays."""
    opens, closes = time(8), time(15)
    lunch = (Break(starts=time(12), ends=time(13)),)
    friday_prayer = (Break(starts=time(11, 30), ends=time(13)),)
    return Site(
        code=MPP_LEBAK,
        name=Text(id="Mal Pelayanan Publik Lebak", en="Lebak Public Service Mall"),
        kind="mall",
        address=Text(
            id="Plaza Lebak, Rangkasbitung, Kabupaten Lebak, Banten",
            en="Plaza Lebak, Rangkasbitung, Lebak Regency, Banten",
        ),
        regency_code="36.02",
        time_zone="Asia/Jakarta",
        opens_on=(
            *(
                WeeklyHours(weekday=day, opens=opens, closes=closes, breaks=lunch)
                for day in MONDAY_TO_THURSDAY
            ),
            WeeklyHours(weekday=FRIDAY, opens=opens, closes=closes, breaks=friday_prayer),
        ),
    )


def kanim_serang() -> Site:
    """The immigration office of Serang, which also serves Pandeglang and Lebak: weekdays 08:00-16:00 WIB."""
    lunch = (Break(starts=time(12), ends=time(13)),)
    return Site(
        code=KANIM_SERANG,
        name=Text(id="Kantor Imigrasi Serang", en="Serang Immigration Office"),
        kind="office",
        address=Text(id="Kota Serang, Provinsi Banten", en="Serang City, Banten Province"),
        regency_code="36.73",
        time_zone="Asia/Jakarta",
        opens_on=tuple(
            WeeklyHours(weekday=day, opens=time(8), closes=time(16), breaks=lunch)
            for day in (*MONDAY_TO_THURSDAY, FRIDAY)
        ),
    )


def popup_gorontalo() -> Site:
    """A Saturday a month in a city mall in Gorontalo (WITA), walk-in only.

    A pop-up takes no booking at all: who comes with complete documents is served in order of arrival.
    """
    lunch = (Break(starts=time(12), ends=time(13)),)
    return Site(
        code=POPUP_GORONTALO,
        name=Text(id="Layanan Keliling Gorontalo", en="Gorontalo Pop-up Service"),
        kind="popup",
        address=Text(
            id="Sebuah mal di Kota Gorontalo, lantai dasar", en="A mall in Gorontalo City, ground floor"
        ),
        regency_code="75.71",
        time_zone="Asia/Makassar",
        opens_on=(WeeklyHours(weekday=SATURDAY, opens=time(10), closes=time(16), breaks=lunch),),
        dates=tuple(second_saturday(year, month) for year in POPUP_YEARS for month in range(1, 13)),
        online_booking=False,
        notes=(
            Text(
                id="Datang langsung tanpa mendaftar lewat aplikasi. Nomor antrean diberikan di tempat.",
                en="Just come, without registering in an app. Queue numbers are given on the spot.",
            ),
        ),
    )


def kanim_gorontalo() -> Site:
    """The immigration office of Gorontalo: passports of the pop-up are collected here. 08:00-16:00 WITA."""
    lunch = (Break(starts=time(12), ends=time(13)),)
    return Site(
        code=KANIM_GORONTALO,
        name=Text(id="Kantor Imigrasi Gorontalo", en="Gorontalo Immigration Office"),
        kind="office",
        address=Text(id="Kota Gorontalo, Provinsi Gorontalo", en="Gorontalo City, Gorontalo Province"),
        regency_code="75.71",
        time_zone="Asia/Makassar",
        opens_on=tuple(
            WeeklyHours(weekday=day, opens=time(8), closes=time(16), breaks=lunch)
            for day in (*MONDAY_TO_THURSDAY, FRIDAY)
        ),
        online_booking=False,
        notes=(
            Text(
                id="Di sini diambil paspor yang diurus di layanan keliling.",
                en="Passports applied for at the pop-up service are collected here.",
            ),
        ),
    )


def second_saturday(year: int, month: int) -> date:
    """The second Saturday of a month."""
    eighth = date(year, month, 8)
    return eighth + timedelta(days=(SATURDAY - eighth.weekday()) % 7)
