"""The bus: RabbitMQ, or the embedded broker of the one-process mall, behind the same few classes."""
