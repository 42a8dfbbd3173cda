"""The server: application, safety, uploads, scheduler, requests."""
