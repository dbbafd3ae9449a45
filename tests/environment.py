"""The environment of a test run, set before Django's settings are read."""

import os

os.environ.setdefault("LEEWAY_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("LEEWAY_DATA_KEYS", "only-for-tests-" + "d" * 40)
os.environ.setdefault("LEEWAY_HTTPS", "off")
os.environ.setdefault("LEEWAY_ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("LEEWAY_LOG_LEVEL", "ERROR")
os.environ["LEEWAY_DEMO"] = os.environ.get("LEEWAY_TEST_DEMO", "off")
os.environ.setdefault("DATABASE_POOL_MAX", "0")
# Its tables are there where they can be; a test that wants one says so.
os.environ["LEEWAY_FLEET"] = "on" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "off"
