"""Who works at the counters that the browser tests open."""

PASSWORD = "kata-sandi-uji"
#: User name, name and role.
OFFICERS = (
    ("petugas", "Petugas Satu", "officer"),
    ("petugas2", "Petugas Dua", "officer"),
    ("penyelia", "Penyelia Uji", "supervisor"),
    ("pusat", "Pusat Uji", "central"),
    ("ombudsman", "Pengawas (Ombudsman), hanya baca", "overseer"),
)
