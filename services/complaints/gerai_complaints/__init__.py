"""Complaints: filed by a citizen, answered by an officer within working days, accepted or disputed."""
