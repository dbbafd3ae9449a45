# Needs Python 3.11 or newer (with venv) and make; nothing else.
# `make demo` shows the site, `make test` proves it, `make check` is what a change must pass.

PORT = 8000
SIZES = 100000
PY = .venv/bin/python
MANAGE = $(PY) manage.py
STAMPS = .venv/stamps
PIP = $(PY) -m pip install -qq --disable-pip-version-check --require-hashes

# The demonstration never touches another database, and never answers other machines.
DEMO_DB = var/demo.sqlite3
AS_DEMO = env LEEWAY_DEMO=on LEEWAY_ALLOWED_HOSTS=localhost,127.0.0.1 LEEWAY_LOG_LEVEL=WARNING DATABASE_URL=sqlite:///$(DEMO_DB)
# `check --deploy` looks at the settings of a real site.
AS_DEPLOYED = env LEEWAY_DEMO=off LEEWAY_DEBUG=off LEEWAY_HTTPS=on LEEWAY_ALLOWED_HOSTS=leeway.example \
	LEEWAY_SECRET_KEY=V9yq3w8ZtB5kPz1nRc7mXe4uLf2sHj6aGd0iQoTbYvNxKwErD5gJh8Lp LEEWAY_ADMIN_PATH=staff \
	LEEWAY_DATA_KEYS=qB7mZ2xT9vRk4YpW1sLh8NcJ6dGf3KaE0uQoXiVtSyM IDENTITY_CHECK=a.Register BANK_ACCOUNT_CHECK=a.Bank \
	LEEWAY_LOG_LEVEL=INFO DATABASE_URL=sqlite:///var/check.sqlite3
AS_TEST = env LEEWAY_SECRET_KEY=only-for-checks-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx DATABASE_URL=

APPS = accounts credit loans deferrals config
TEMPLATES = templates $(wildcard $(APPS:%=%/templates))
CATALOGUES = $(wildcard locale/*/LC_MESSAGES/*.po)
STYLES = $(wildcard static/css/*.css)
STATIC = $(shell find static -type f -not -path 'static/build/*' 2>/dev/null)

.PHONY: help setup setup-dev setup-e2e demo demo-reset test properties mutants check format bench bench-book messages lock clean

help:
	@echo "make demo        a filled site at http://127.0.0.1:$(PORT)/ (PORT=8001 for another port)"
	@echo "make demo-reset  forget what was done in the demonstration"
	@echo "make test        every test this machine can run"
	@echo "make properties  what holds of every loan, tried on 20,000 of them (an hour or two)"
	@echo "make check       lint, types, imports, templates, translations, migrations, deployment"
	@echo "make format      write code and templates the way 'make check' wants them"
	@echo "make bench       how fast the pages and the engine are"
	@echo "make bench-book  how fast a book is closed (SIZES=100000,1000000: hours; PostgreSQL)"
	@echo "make messages    collect new texts into locale/ (needs gettext)"
	@echo "make mutants     try the engine's tests on engines that are slightly wrong (an hour; docs/mutants.md)"
	@echo "make lock        pin the packages of requirements/*.in anew (needs uv)"
	@echo "make clean       remove everything made here, the demonstration's data too"

setup: $(STAMPS)/base $(STAMPS)/messages $(STAMPS)/static

setup-dev: $(STAMPS)/dev setup

setup-e2e: $(STAMPS)/e2e setup

$(STAMPS)/venv:
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making .venv with $$($$python --version) ..."; \
			$$python -m venv .venv && mkdir -p $(STAMPS) && touch $@; exit $$?; \
		fi; \
	done; \
	echo "Leeway needs Python 3.11 or newer with its venv module (on Debian: apt install python3-venv)." >&2; exit 1

$(STAMPS)/base: requirements/base.txt | $(STAMPS)/venv
	@echo "Installing packages ..."
	@$(PIP) -r requirements/base.txt
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/base
	@echo "Installing packages for tests ..."
	@$(PIP) -r requirements/dev.txt
	@touch $@

$(STAMPS)/e2e: requirements/e2e.txt $(STAMPS)/dev
	@echo "Installing packages for browser stories ..."
	@$(PIP) -r requirements/e2e.txt
	@touch $@

# Beside the site's packages, not among them: the engine needs none, and its peers bring numpy along.
$(STAMPS)/bench: requirements/bench.txt | $(STAMPS)/venv
	@echo "Installing packages to compare with ..."
	@$(PY) -m venv .venv/bench
	@.venv/bench/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

$(STAMPS)/mutants: requirements/mutants.txt $(STAMPS)/dev
	@echo "Installing packages for changed engines ..."
	@$(PIP) -r requirements/mutants.txt
	@touch $@

$(STAMPS)/messages: $(CATALOGUES) config/management/commands/build_messages.py | $(STAMPS)/base
	@$(AS_DEMO) $(MANAGE) build_messages
	@touch $@

$(STAMPS)/static: $(STYLES) $(STATIC) config/management/commands/build_styles.py $(STAMPS)/base
	@$(AS_DEMO) $(MANAGE) build_styles
	@$(AS_DEMO) $(MANAGE) collectstatic --noinput --verbosity 0
	@touch $@

# Built beside and moved into place, so that an interrupted run leaves no half-filled site.
$(DEMO_DB): | setup
	@echo "Filling the demonstration ..."
	@mkdir -p var && rm -f $(DEMO_DB).new*
	@DATABASE_URL=sqlite:///$(DEMO_DB).new; export DATABASE_URL; set -e; \
	for step in "migrate --verbosity 0" createcachetable make_demo; do \
		LEEWAY_DEMO=on LEEWAY_ALLOWED_HOSTS=localhost LEEWAY_LOG_LEVEL=WARNING $(MANAGE) $$step; \
	done
	@mv $(DEMO_DB).new $(DEMO_DB)

demo: setup $(DEMO_DB)
	@$(AS_DEMO) $(MANAGE) migrate --verbosity 0
	@$(AS_DEMO) $(MANAGE) make_demo --people
	@echo
	@echo "Open http://127.0.0.1:$(PORT)/ - its first page lets you in as any of them with one click."
	@echo "Stop with Ctrl-C; 'make demo' goes on where you stopped, 'make demo-reset' starts over."
	@exec $(AS_DEMO) .venv/bin/gunicorn config.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 4 \
		--log-level warning --no-control-socket

demo-reset:
	@rm -f $(DEMO_DB)*
	@echo "The demonstration is empty; 'make demo' fills it anew."

test: setup-dev
	@if $(PY) -m tests.browser; then $(MAKE) --no-print-directory $(STAMPS)/e2e; fi
	@$(PY) -m tests.suite

properties: setup-dev
	HYPOTHESIS_PROFILE=release $(PY) -m pytest tests/loans/engine -m hypothesis

mutants: $(STAMPS)/mutants
	@nice $(PY) -m tests.mutants $(MODULES)

check: setup-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(AS_TEST) .venv/bin/mypy $(APPS)
	.venv/bin/lint-imports --no-logo
	find $(TEMPLATES) -name '*.html' | xargs .venv/bin/djade --target-version 5.2 --check
	$(AS_TEST) $(MANAGE) build_messages --check
	$(AS_TEST) $(MANAGE) makemigrations --check --dry-run
	$(AS_DEPLOYED) $(MANAGE) check --deploy --fail-level WARNING

format: setup-dev
	.venv/bin/ruff check --fix --quiet . || true
	.venv/bin/ruff format .
	find $(TEMPLATES) -name '*.html' | xargs .venv/bin/djade --target-version 5.2 || true

bench: setup-dev $(STAMPS)/bench
	@.venv/bench/bin/python -m benchmarks.schedules
	@$(PY) -m benchmarks.pages
	@$(PY) -m benchmarks.bank_files
	@$(PY) -m benchmarks.ageing

bench-book: setup-dev
	@$(PY) -m tests.postgres $(PY) -m benchmarks.book --sizes $(SIZES)

messages: setup-dev
	$(AS_TEST) $(MANAGE) makemessages --locale zh_Hans --locale zh_Hant --no-obsolete --no-location --no-wrap \
		--ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*' --ignore 'benchmarks/*'

lock:
	@for name in base fleet dev e2e bench mutants; do \
		uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
			requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

clean:
	rm -rf .venv var static/build
	find locale -name '*.mo' -delete
