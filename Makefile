# Maintainers only: users need nothing but ./diming up and ./diming test.
UV ?= uv
COMPILE = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
.PHONY: lock
lock:
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group pyproject.toml:node -o requirements-node.txt
	echo tipg uvicorn | tr ' ' '\n' | $(COMPILE) --no-annotate - -o benchmarks/locks/tipg.txt
	echo pygeoapi sqlalchemy geoalchemy2 psycopg2-binary starlette uvicorn | tr ' ' '\n' | $(COMPILE) --no-annotate - -o benchmarks/locks/pygeoapi.txt
	echo playwright | $(COMPILE) --no-annotate -c requirements-dev.txt - -o benchmarks/locks/browser.txt
	echo jionlp | $(COMPILE) --no-annotate --no-deps - -o benchmarks/locks/names.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts
