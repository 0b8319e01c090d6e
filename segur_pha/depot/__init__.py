"""Before the deposit: the publisher's settings, orders, documents, the folder to upload."""
