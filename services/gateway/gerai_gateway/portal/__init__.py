"""The citizens' portal and the display: pages rendered here, usable without any script."""
