"""The gateway: public interface, citizen portal and display pages. It keeps no data of record."""
