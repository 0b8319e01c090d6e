"""Before the deposit: orders and scanned documents in, a folder that is ready to upload out."""
