# Maintainers only: users need nothing but ./diming up and ./diming test.
UV ?= uv
COMPILE = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
.PHONY: lock
lock:
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group pyproject.toml:node -o requirements-node.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts
