# syntax=docker/dockerfile:1
# Every image of the platform: `docker build --target web-dashboard .`, see scripts/production/images.py.
# A host that knows no targets (Railway, Render) gets everything, or what the variable IMAGE names.
# Nothing is written below / when it runs: `docker run --read-only --tmpfs /tmp`.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm
ARG NODE_IMAGE=node:24-bookworm-slim
ARG POSTGRES_IMAGE=postgres:18-bookworm
ARG IMAGE=platform

# --- What pages load: copied out of npm packages under names that change with their content.
FROM ${NODE_IMAGE} AS node-packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress --loglevel=error

FROM ${PYTHON_IMAGE} AS pages
WORKDIR /app
COPY --from=node-packages /app/node_modules node_modules
COPY scripts/__init__.py scripts/build_assets.py scripts/
RUN python -c "from scripts.build_assets import PACKAGES, VENDOR, publish; publish(PACKAGES, VENDOR)"

# --- Python packages: only wheels, only with the hashes of the lock.
FROM ${PYTHON_IMAGE} AS base-packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ONLY_BINARY=:all: PIP_REQUIRE_HASHES=1
RUN python -m venv /opt/venv
COPY deploy/requirements/base.txt /tmp/requirements/
RUN /opt/venv/bin/pip install --requirement /tmp/requirements/base.txt

FROM base-packages AS ocr-packages
COPY deploy/requirements/ocr.txt /tmp/requirements/
RUN /opt/venv/bin/pip install --requirement /tmp/requirements/ocr.txt

FROM base-packages AS ml-packages
COPY deploy/requirements/ml.txt /tmp/requirements/
RUN /opt/venv/bin/pip install --requirement /tmp/requirements/ml.txt

FROM base-packages AS platform-packages
COPY deploy/requirements/platform.txt /tmp/requirements/
RUN /opt/venv/bin/pip install --requirement /tmp/requirements/platform.txt

# --- The code, compiled now because it cannot be when it runs.
FROM ${PYTHON_IMAGE} AS code
WORKDIR /app
COPY . .
COPY --from=pages /app/web_dashboard/static/vendor web_dashboard/static/vendor
RUN python -m compileall -q .
# What /version and the logs call this build, where the host does not tell it by a variable.
ARG COMMIT=
RUN if [ -n "${COMMIT}" ]; then echo "${COMMIT}" > COMMIT; fi

# --- What all images run on.
FROM ${PYTHON_IMAGE} AS runtime
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    STORAGE_PATH=/data/objects \
    BACKUP_PATH=/backups
RUN groupadd --gid 10001 gondola \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin gondola \
    && install --directory --owner gondola --group gondola /data /backups /scratch
WORKDIR /app
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=3 \
    CMD ["python", "-m", "scripts.production.probe"]
CMD ["/app/scripts/start-production.sh"]

FROM runtime AS runtime-reading
USER 0
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-spa \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001

FROM ${POSTGRES_IMAGE} AS postgres
# The programs of the server's own version, which alone can back it up, from where its image gets them.
FROM runtime AS runtime-backup
USER 0
COPY --from=postgres /usr/local/share/keyrings/postgres.gpg.asc /usr/local/share/keyrings/postgres.gpg.asc
RUN echo "deb [signed-by=/usr/local/share/keyrings/postgres.gpg.asc] http://apt.postgresql.org/pub/repos/apt bookworm-pgdg main" \
        > /etc/apt/sources.list.d/pgdg.list \
    && apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-18 age gnupg \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001

FROM runtime-backup AS runtime-platform
USER 0
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-spa \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001

# --- The images.
FROM runtime AS web-dashboard
COPY --from=base-packages /opt/venv /opt/venv
COPY --from=code /app /app

FROM runtime AS agente-deposito
COPY --from=base-packages /opt/venv /opt/venv
COPY --from=code /app /app

FROM runtime-reading AS agente-negocio
COPY --from=ocr-packages /opt/venv /opt/venv
COPY --from=code /app /app

FROM runtime AS ml
COPY --from=ml-packages /opt/venv /opt/venv
COPY --from=code /app /app

FROM runtime-backup AS backup
COPY --from=base-packages /opt/venv /opt/venv
COPY --from=code /app /app

FROM runtime-platform AS platform
COPY --from=platform-packages /opt/venv /opt/venv
COPY --from=code /app /app

# hadolint ignore=DL3006
FROM ${IMAGE}
